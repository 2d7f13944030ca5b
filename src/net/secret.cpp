#include "net/secret.hpp"

#include "pg/crypto.hpp"
#include "pg/file.hpp"

namespace cedro::net {
namespace {

constexpr size_t kLongestSecret = 1024;

char hex_digit(unsigned value) { return "0123456789abcdef"[value & 15]; }

const char *hex(const uint8 *bytes, size_t count) {
    auto *text = static_cast<char *>(palloc(count * 2 + 1));
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = hex_digit(bytes[i] >> 4U);
        text[2 * i + 1] = hex_digit(bytes[i]);
    }
    text[count * 2] = '\0';
    return text;
}

void check_mode(int file) {
    struct stat info;
    if (fstat(file, &info) != 0)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", kSecretFile)));
    if (info.st_mode & (S_IWGRP | S_IRWXO))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("file \"%s\" in the data directory is open to other users", kSecretFile),
                        errhint("Make it readable by the server's user only: chmod 600 %s.", kSecretFile)));
}

/// The content of the file without white space at its end.
std::string_view secret() {
    const int file = OpenTransientFile(kSecretFile, O_RDONLY | PG_BINARY);
    if (file < 0)
        ereport(ERROR,
                (errcode_for_file_access(), errmsg("could not open file \"%s\" in the data directory: %m", kSecretFile),
                 errhint("Copy the file from the data directory of another node of the cluster.")));
    check_mode(file);
    auto *content = static_cast<char *>(palloc(kLongestSecret));
    ssize_t length = read(file, content, kLongestSecret);
    if (length < 0) ereport(ERROR, (errcode_for_file_access(), errmsg("could not read file \"%s\": %m", kSecretFile)));
    CloseTransientFile(file);
    while (length > 0 && isspace(static_cast<unsigned char>(content[length - 1]))) length--;
    if (length < 16)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("file \"%s\" in the data directory holds no secret", kSecretFile),
                        errdetail("A secret has at least 16 characters."),
                        errhint("Copy the file from the data directory of another node of the cluster.")));
    return {content, static_cast<size_t>(length)};
}

/// HMAC-SHA256(secret, purpose || text). The purpose keeps uses apart: nobody
/// can have a node derive its password by sending the right challenge.
const char *derived(const char *purpose, const char *text) {
    std::string_view key = secret();
    uint8 digest[PG_SHA256_DIGEST_LENGTH];
    pg_hmac_ctx *hmac = pg_hmac_create(PG_SHA256);
    auto bytes = [](const char *from) { return reinterpret_cast<const uint8 *>(from); };
    const bool is_done = hmac && pg_hmac_init(hmac, bytes(key.data()), key.size()) == 0 &&
                         pg_hmac_update(hmac, bytes(purpose), strlen(purpose)) == 0 &&
                         pg_hmac_update(hmac, bytes(text), strlen(text)) == 0 &&
                         pg_hmac_final(hmac, digest, sizeof digest) == 0;
    if (hmac) pg_hmac_free(hmac);
    if (!is_done) ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute a keyed hash")));
    return hex(digest, sizeof digest);
}

} // namespace

bool has_secret() {
    struct stat info;
    return stat(kSecretFile, &info) == 0;
}

void make_secret() {
    const char *text = psprintf("%s\n", random_text());
    const int file = OpenTransientFilePerm(kSecretFile, O_WRONLY | O_CREAT | O_EXCL | PG_BINARY, S_IRUSR | S_IWUSR);
    if (file < 0) ereport(ERROR, (errcode_for_file_access(), errmsg("could not create file \"%s\": %m", kSecretFile)));
    errno = 0;
    if (write(file, text, strlen(text)) != static_cast<ssize_t>(strlen(text))) {
        if (errno == 0) errno = ENOSPC;
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not write file \"%s\": %m", kSecretFile)));
    }
    if (pg_fsync(file) != 0)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not fsync file \"%s\": %m", kSecretFile)));
    CloseTransientFile(file);
}

const char *login_password() { return derived("login", ""); }

const char *proof(const char *challenge) { return derived("proof ", challenge); }

bool is_same_proof(const char *a, const char *b) {
    const size_t length = strlen(a);
    if (length != strlen(b)) return false;
    unsigned difference = 0;
    for (size_t i = 0; i < length; i++) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

const char *random_text() {
    uint8 bytes[32];
    if (!pg_strong_random(bytes, sizeof bytes))
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random bytes")));
    return hex(bytes, sizeof bytes);
}

} // namespace cedro::net
