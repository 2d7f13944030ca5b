#include "transaction/prepared.hpp"

#include "pg/text.hpp"

namespace cedro::transaction {
namespace {

uint64 hash_of(const Statement &statement, uint64 parsing) {
    const auto *text = reinterpret_cast<const unsigned char *>(statement.sql);
    uint64 hash = hash_bytes_extended(text, static_cast<int>(strlen(statement.sql)), statement.shape ^ parsing << 32);
    for (const Parameter &each : statement.parameters) hash = hash_combine64(hash, each.type);
    return hash == 0 ? 1 : hash; // 0 marks what is free
}

} // namespace

int PreparedStatements::find(uint64 hash, const Statement &statement) const {
    for (int i = 0; i < count_; i++) {
        if (hashes_[i] != hash) continue;
        const Entry &entry = entries_[i];
        const auto is_type = [](const Parameter &parameter, Oid type) { return parameter.type == type; };
        if (strcmp(entry.sql, statement.sql) == 0 &&
            std::equal(statement.parameters.begin(), statement.parameters.end(), entry.types,
                       entry.types + entry.type_count, is_type))
            return i;
    }
    return kNone;
}

// An unused one, or that which was not used for the longest time.
int PreparedStatements::free_entry(const char **dropped) {
    for (int i = 0; i < count_; i++)
        if (entries_[i].state == State::Free) return i;
    if (count_ < kMost) return count_++;
    int oldest = kNone;
    for (int i = 0; i < count_; i++)
        if (entries_[i].state == State::Known && (oldest == kNone || entries_[i].last_use < entries_[oldest].last_use))
            oldest = i;
    if (oldest == kNone) return kNone;
    *dropped = name_of(oldest);
    clear(oldest);
    return oldest;
}

void PreparedStatements::clear(int entry) {
    pfree(const_cast<char *>(entries_[entry].sql));
    pfree(entries_[entry].types);
    entries_[entry] = {};
    hashes_[entry] = 0;
}

PreparedStatements::Choice PreparedStatements::choose(const Statement &statement, uint64 parsing) {
    const uint64 hash = hash_of(statement, parsing);
    const int known = find(hash, statement);
    if (known != kNone) {
        // Until its answer has come, nobody knows whether it can be named.
        if (entries_[known].state == State::Sent) return {kNone, false, nullptr};
        entries_[known].last_use = ++clock_;
        return {known, false, nullptr};
    }
    uint64 &seen = seen_[hash % kSeen];
    if (seen != hash) {
        seen = hash;
        return {kNone, false, nullptr};
    }
    Choice choice{kNone, true, nullptr};
    const size_t count = statement.parameters.size();
    const char *sql = MemoryContextStrdup(context_, statement.sql);
    auto *types = static_cast<Oid *>(MemoryContextAlloc(context_, (count + 1) * sizeof(Oid)));
    for (size_t i = 0; i < count; i++) types[i] = statement.parameters[i].type;
    choice.entry = free_entry(&choice.dropped);
    if (choice.entry == kNone) {
        pfree(const_cast<char *>(sql));
        pfree(types);
        return {kNone, false, nullptr};
    }
    entries_[choice.entry] = {sql, types, static_cast<int>(count), ++last_number_, ++clock_, State::Sent};
    hashes_[choice.entry] = hash;
    return choice;
}

const char *PreparedStatements::name_of(int entry) const { return psprintf("citus_s%u", entries_[entry].number); }

void PreparedStatements::prepared(int entry, bool is_good) {
    if (entries_[entry].state != State::Sent) return;
    if (is_good)
        entries_[entry].state = State::Known;
    else
        clear(entry);
}

void PreparedStatements::forget_all() {
    for (int i = 0; i < count_; i++)
        if (entries_[i].state == State::Known) clear(i);
}

} // namespace cedro::transaction
