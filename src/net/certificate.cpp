#include "net/certificate.hpp"

#include "pg/file.hpp"

#ifdef USE_SSL
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#endif

namespace cedro::net {

#ifdef USE_SSL
namespace {

constexpr long kLifetime = 100L * 365 * 24 * 3600; // in seconds: nobody renews it

/// Nothing in here raises, so what OpenSSL allocates is freed on one path.
struct Made {
    EVP_PKEY *key = nullptr;
    X509 *certificate = nullptr;
    BIO *text = nullptr;

    void free() {
        BIO_free(text);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
};

bool sign(Made &made, const char *common_name) {
    made.key = EVP_EC_gen("P-256");
    made.certificate = X509_new();
    if (!made.key || !made.certificate) return false;
    X509 *certificate = made.certificate;
    BIGNUM *serial = BN_new();
    bool has_serial = serial && BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
                      BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate));
    BN_free(serial);
    X509_NAME *name = X509_get_subject_name(certificate);
    auto *text = reinterpret_cast<const unsigned char *>(common_name);
    return has_serial && X509_set_version(certificate, X509_VERSION_3) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -24L * 3600) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), kLifetime) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) &&
           X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, made.key) &&
           X509_sign(certificate, made.key, EVP_sha256());
}

/// Returns nullptr or what went wrong. The file is the server's only.
const char *write_new(const char *path, BIO *text) {
    char *data;
    long length = BIO_get_mem_data(text, &data);
    int file = BasicOpenFilePerm(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (file < 0) return strerror(errno);
    bool is_written = write(file, data, static_cast<size_t>(length)) == length && pg_fsync(file) == 0;
    const char *failure = is_written ? nullptr : strerror(errno);
    close(file);
    if (failure) unlink(path);
    return failure;
}

const char *write_both(Made &made, const char *certificate_file, const char *key_file) {
    made.text = BIO_new(BIO_s_mem());
    if (!made.text || !PEM_write_bio_PrivateKey(made.text, made.key, nullptr, nullptr, 0, nullptr, nullptr))
        return "OpenSSL could not write the key";
    if (const char *failure = write_new(key_file, made.text)) return failure;
    BIO_free(made.text);
    made.text = BIO_new(BIO_s_mem());
    const char *failure = "OpenSSL could not write the certificate";
    if (made.text && PEM_write_bio_X509(made.text, made.certificate)) failure = write_new(certificate_file, made.text);
    if (failure) unlink(key_file);
    return failure;
}

} // namespace

const char *make_certificate(const char *certificate_file, const char *key_file, const char *common_name) {
    Made made;
    const char *failure = "OpenSSL could not make a key";
    if (sign(made, common_name)) failure = write_both(made, certificate_file, key_file);
    made.free();
    return failure;
}

#else

const char *make_certificate(const char *, const char *, const char *) { return "this server is built without SSL"; }

#endif

} // namespace cedro::net
