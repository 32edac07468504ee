// table › arrow_stream: tables of a stream, one after the other. See
// include/aiueo/table/arrow_import.hpp.
#include <cerrno>
#include <utility>

#include "aiueo/base/utf8.hpp"
#include "aiueo/table/arrow_import.hpp"

namespace aiueo {

result<stream_reader> stream_reader::open(ArrowArrayStream* stream, arrow_validation level,
                                          std::string_view table) {
    stream_reader out;
    out.level_ = level;
    out.table_ = table;
    place where;
    where.table = table;
    if (stream == nullptr || stream->release == nullptr) {
        return make_error(errc::invalid_argument, "the stream is missing or released",
                          std::move(where));
    }
    out.stream_ = arrow_owner<ArrowArrayStream>{*stream};
    ArrowArrayStream* const held = out.stream_.get();
    if (held->get_schema == nullptr || held->get_next == nullptr) {
        return make_error(errc::bad_arrow, "the stream has no functions", std::move(where));
    }
    ArrowSchema schema{};
    if (const int code = held->get_schema(held, &schema); code != 0)
        return out.producer_error(code, "the schema");
    if (schema.release == nullptr)
        return make_error(errc::bad_arrow, "the stream gave no schema", std::move(where));
    out.schema_ = arrow_owner<ArrowSchema>{schema};
    const ArrowSchema& got = *out.schema_.get();
    if (got.format == nullptr || std::string_view{got.format} != "+s") {
        return make_error(errc::unsupported,
                          "a table is a stream of struct arrays; this one is of another type",
                          std::move(where));
    }
    if (got.n_children < 0 || (got.n_children > 0 && got.children == nullptr)) {
        return make_error(errc::bad_arrow, "the list of children is missing", std::move(where));
    }
    for (std::int64_t i = 0; i < got.n_children; ++i) {
        if (got.children[i] == nullptr) {
            return make_error(errc::bad_arrow, "child " + std::to_string(i) + " is missing",
                              std::move(where));
        }
        out.names_.push_back(got.children[i]->name == nullptr ? "" : got.children[i]->name);
    }
    return out;
}

error stream_reader::producer_error(int code, std::string_view what) {
    ArrowArrayStream* const held = stream_.get();
    const char* const said = held->get_last_error == nullptr ? nullptr : held->get_last_error(held);
    errc kind = errc::io;
    if (code == ENOMEM) kind = errc::out_of_memory;
    if (code == ECANCELED) kind = errc::cancelled;
    std::string message = "the producer of the stream could not give " + std::string{what} +
                          " (errno " + std::to_string(code) + ")";
    if (said != nullptr) message += ": " + quoted(said, 400);
    place where;
    where.table = table_;
    return make_error(kind, std::move(message), std::move(where));
}

result<std::optional<imported_table>> stream_reader::next() {
    if (failed_) return *failed_;
    if (ended_) return std::optional<imported_table>{};
    ArrowArrayStream* const held = stream_.get();
    ArrowArray got{};
    if (const int code = held->get_next(held, &got); code != 0) {
        failed_ = producer_error(code, "the next rows");
        return *failed_;
    }
    if (got.release == nullptr) {
        ended_ = true;
        return std::optional<imported_table>{};
    }
    arrow_owner<ArrowArray> array{got};
    auto table = import_arrow(schema_.get(), array.get(), level_, table_);
    if (!table) {
        failed_ = std::move(table).error();
        if (failed_->where.row >= 0) failed_->where.row += rows_;
        return *failed_;
    }
    table->first_row_ = rows_;
    rows_ += table->rows();
    return std::optional<imported_table>{*std::move(table)};
}

}  // namespace aiueo
