// What must hold after each block of the walkthrough, as questions to the cluster.
#pragma once
#include "cluster.hpp"
#include "narrator.hpp"

namespace cedro {

/// Asks, after block `number` ran, what its "expect" lines promise, shows each answer, and returns how many were wrong.
int check_block(int number, const Cluster &cluster, Narrator &narrator);

/// True when all active placements of each shard of a table hold the same rows; `evidence` says what was compared.
bool copies_are_equal(const Cluster &cluster, const std::string &table, std::string &evidence);

} // namespace cedro
