#include "worker/exchange/spool.hpp"

#include "pg/scope.hpp"
#include "pg/temporary_file.hpp"
#include "pg/transaction.hpp"

namespace cedro::worker {

namespace {

// One group's rows of a spool.
struct Bucket {
    int32 ordinal;
    BufFile *file; // nullptr once sealed
    int64 rows;
    int64 bytes;
};

// What this backend wrote of an exchange for one producer.
struct Spool {
    int64 exchange;
    Producer producer;
    FileSet files;
    pg::Vector<Bucket> buckets;
    bool is_dropped;
};

// Somebody's sealed bucket, to be read here.
struct Source {
    int64 exchange;
    FileSet files;
    int32 ordinal;
    int64 rows;
};

// An exchange is attached, though it may have no rows.
struct Attached {
    int64 exchange;
    bool is_dropped;
};

struct Spools {
    MemoryContext context;
    pg::Vector<Spool *> spools;
    pg::Vector<Source> sources;
    pg::Vector<Attached> attached;
};

// Of this transaction, or nullptr.
constinit Spools *current = nullptr;

Spools &spools() {
    if (current) return *current;
    MemoryContext context = AllocSetContextCreate(TopTransactionContext, "citus exchanges", ALLOCSET_DEFAULT_SIZES);
    pg::with_context(context, [&] {
        current = pg::make<Spools>(context, pg::Vector<Spool *>(), pg::Vector<Source>(), pg::Vector<Attached>());
    });
    return *current;
}

Spool *find(int64 exchange, Producer producer) {
    if (!current) return nullptr;
    for (Spool *each : current->spools)
        if (each->exchange == exchange && each->producer == producer && !each->is_dropped) return each;
    return nullptr;
}

Spool *spool_of(int64 exchange, Producer producer) {
    if (Spool *known = find(exchange, producer)) return known;
    return pg::with_context(spools().context, [&] {
        auto *spool = pg::make<Spool>(exchange, producer, FileSet{}, pg::Vector<Bucket>(), false);
        FileSetInit(&spool->files);
        current->spools.push(spool);
        return spool;
    });
}

const char *file_name(int32 ordinal) { return ordinal == kAllGroups ? "all" : psprintf("g%d", ordinal); }

Bucket &bucket_of(Spool *spool, int32 ordinal) {
    for (Bucket &each : spool->buckets)
        if (each.ordinal == ordinal) return each;
    BufFile *file = pg::with_context(current->context, [&] {
        return pg::to_end_of_transaction([&] { return BufFileCreateFileSet(&spool->files, file_name(ordinal)); });
    });
    return spool->buckets.push({ordinal, file, 0, 0});
}

void append(Spool *spool, int32 ordinal, MinimalTuple tuple) {
    Bucket &bucket = bucket_of(spool, ordinal);
    if (!bucket.file)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a row came after the end of its exchange")));
    BufFileWrite(bucket.file, tuple, tuple->t_len);
    bucket.rows++;
    bucket.bytes += tuple->t_len;
}

void close_files(Spool *spool) {
    for (Bucket &each : spool->buckets) {
        if (each.file) BufFileClose(each.file);
        each.file = nullptr;
    }
}

// At abort the files' handles are closed by PostgreSQL, and nothing may be raised.
void at_end(XactEvent event, void *) {
    if (!current) return;
    switch (event) {
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE:
        for (Spool *each : current->spools)
            if (!each->is_dropped) close_files(each);
        return;
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_PREPARE:
    case XACT_EVENT_ABORT:
        for (Spool *each : current->spools)
            if (!each->is_dropped) FileSetDeleteAll(&each->files);
        current = nullptr;
        return;
    default: return;
    }
}

[[noreturn]] void malformed() {
    ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed rows of an exchange")));
}

int64 take_number(const char **text) {
    char *end;
    const int64 number = strtoll(*text, &end, 10);
    if (end == *text) malformed();
    *text = *end == ' ' ? end + 1 : end;
    return number;
}

// "rows bytes pid number tablespaces tablespace… ordinal rows ordinal rows …"
void read_source(int64 exchange, const char *text) {
    take_number(&text);
    take_number(&text);
    FileSet files{};
    files.creator_pid = static_cast<pid_t>(take_number(&text));
    files.number = static_cast<uint32>(take_number(&text));
    files.ntablespaces = static_cast<int>(take_number(&text));
    if (files.ntablespaces < 0 || files.ntablespaces > static_cast<int>(lengthof(files.tablespaces))) malformed();
    for (int i = 0; i < files.ntablespaces; i++) files.tablespaces[i] = static_cast<Oid>(take_number(&text));
    while (*text) {
        const auto ordinal = static_cast<int32>(take_number(&text));
        current->sources.push({exchange, files, ordinal, take_number(&text)});
    }
}

bool is_attached(int64 exchange) {
    if (!current) return false;
    for (const Attached &each : current->attached)
        if (each.exchange == exchange && !each.is_dropped) return true;
    return false;
}

} // namespace

struct SpoolReader {
    MemoryContext context;
    pg::Vector<Source> sources;
    size_t next;
    BufFile *file;
    int64 left; // rows of the file
    MinimalTuple tuple;
    size_t capacity;
};

void spool_row(int64 exchange, int32 ordinal, MinimalTuple tuple) {
    append(spool_of(exchange, Producer::Here), ordinal, tuple);
}

void spool(int64 exchange, std::span<const char> rows) {
    Spool *target = spool_of(exchange, Producer::Sender);
    MinimalTuple tuple = nullptr;
    size_t capacity = 0;
    while (!rows.empty()) {
        RowHeader header;
        if (rows.size() < sizeof header) malformed();
        memcpy(&header, rows.data(), sizeof header);
        rows = rows.subspan(sizeof header);
        if (header.length < SizeofMinimalTupleHeader || rows.size() < header.length) malformed();
        if (header.length > capacity) {
            capacity = header.length * 2;
            tuple = static_cast<MinimalTuple>(palloc(capacity)); // aligned, which the row in the message is not
        }
        memcpy(tuple, rows.data(), header.length);
        if (tuple->t_len != header.length) malformed();
        append(target, header.ordinal, tuple);
        rows = rows.subspan(header.length);
    }
}

const char *seal_spool(int64 exchange, Producer producer) {
    Spool *sealed = spool_of(exchange, producer);
    Amount total{};
    for (Bucket &each : sealed->buckets) {
        if (each.file) {
            BufFileExportFileSet(each.file); // writes what is left
            BufFileClose(each.file);
            each.file = nullptr;
        }
        total.rows += each.rows;
        total.bytes += each.bytes;
    }
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, INT64_FORMAT " " INT64_FORMAT " %d %u %d", total.rows, total.bytes,
                     static_cast<int>(sealed->files.creator_pid), sealed->files.number, sealed->files.ntablespaces);
    for (int i = 0; i < sealed->files.ntablespaces; i++) appendStringInfo(&text, " %u", sealed->files.tablespaces[i]);
    for (const Bucket &each : sealed->buckets) appendStringInfo(&text, " %d " INT64_FORMAT, each.ordinal, each.rows);
    return text.data;
}

void drop_spool(int64 exchange) {
    for (Producer producer : {Producer::Here, Producer::Sender}) {
        Spool *dropped = find(exchange, producer);
        if (!dropped) continue;
        close_files(dropped);
        FileSetDeleteAll(&dropped->files);
        dropped->is_dropped = true;
    }
}

void attach(int64 exchange, std::span<const char *const> sources) {
    spools();
    for (const char *each : sources) read_source(exchange, each);
    current->attached.push({exchange, false});
}

void detach(int64 exchange) {
    if (!current) return;
    for (Attached &each : current->attached)
        if (each.exchange == exchange) each.is_dropped = true;
    size_t kept = 0;
    for (const Source &each : current->sources)
        if (each.exchange != exchange) current->sources[kept++] = each;
    current->sources.resize_down(kept);
}

std::optional<int64> row_count(int64 exchange, int32 ordinal) {
    if (!is_attached(exchange)) return std::nullopt;
    int64 rows = 0;
    for (const Source &each : current->sources)
        if (each.exchange == exchange && each.ordinal == ordinal) rows += each.rows;
    return rows;
}

SpoolReader *open_spool(int64 exchange, int32 ordinal) {
    if (!is_attached(exchange))
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                 errmsg("the rows of an exchange between nodes are not here"), errhint("Run the statement again.")));
    auto *reader = static_cast<SpoolReader *>(palloc0(sizeof(SpoolReader)));
    reader->context = CurrentMemoryContext;
    reader->sources = pg::Vector<Source>();
    for (const Source &each : current->sources)
        if (each.exchange == exchange && each.ordinal == ordinal) reader->sources.push(each);
    reader->capacity = 1024;
    reader->tuple = static_cast<MinimalTuple>(palloc(reader->capacity));
    return reader;
}

namespace {

void read_bytes(SpoolReader *reader, void *target, size_t size) {
    if (BufFileRead(reader->file, target, size) != size)
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("rows of an exchange between nodes are missing")));
}

bool next_file(SpoolReader *reader) {
    if (reader->file) BufFileClose(reader->file);
    reader->file = nullptr;
    if (reader->next == reader->sources.size()) return false;
    Source &source = reader->sources[reader->next++];
    reader->left = source.rows;
    reader->file = pg::with_context(
        reader->context, [&] { return BufFileOpenFileSet(&source.files, file_name(source.ordinal), O_RDONLY, true); });
    if (!reader->file)
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("rows of an exchange between nodes are gone"),
                        errdetail("The node that sent them has rolled back."), errhint("Run the statement again.")));
    return true;
}

} // namespace

MinimalTuple next_packed(SpoolReader *reader) {
    while (reader->left == 0)
        if (!next_file(reader)) return nullptr;
    uint32 length;
    read_bytes(reader, &length, sizeof length);
    if (length < SizeofMinimalTupleHeader || length > MaxAllocSize) malformed();
    if (length > reader->capacity) {
        reader->capacity = length;
        reader->tuple = static_cast<MinimalTuple>(repalloc(reader->tuple, reader->capacity));
    }
    reader->tuple->t_len = length;
    read_bytes(reader, reinterpret_cast<char *>(reader->tuple) + sizeof length, length - sizeof length);
    reader->left--;
    return reader->tuple;
}

void rewind_spool(SpoolReader *reader) {
    if (reader->file) BufFileClose(reader->file);
    reader->file = nullptr;
    reader->next = 0;
    reader->left = 0;
}

void close_spool(SpoolReader *reader) {
    rewind_spool(reader);
    pfree(reader->tuple);
    pfree(reader);
}

Amount amount_of(const char *sealed) {
    const int64 rows = take_number(&sealed);
    return {rows, take_number(&sealed)};
}

void register_spools() { RegisterXactCallback(at_end, nullptr); }

} // namespace cedro::worker
