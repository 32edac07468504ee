// W3: an Arrow stream of snapshots scored through the C ABI, and the memory that takes.
//
// The producer owns a few record batches and sends them again and again, with new customers each
// time, so that neither making nor holding ten million rows is measured. Customers come in
// ascending order, as a table sorted by customer and date has them, or in none.
#include <bit>
#include <cstring>
#include <optional>

#include "aiueo/score/score.hpp"

#include "capi.hpp"
#include "outputs.hpp"
#include "world.hpp"

namespace bench {

namespace {

constexpr std::int64_t batch_rows = 65'536;
constexpr std::int64_t ring_size = 8;

enum class order { ascending, none };

/// What the producer sends: `total` rows out of a ring of record batches.
class producer {
public:
    producer(const std::vector<wide_world>& ring, std::int64_t total, order by)
        : ring_(ring), total_(total), by_(by) {
        stream_.get_schema = [](ArrowArrayStream*, ArrowSchema* out) { return schema(out); };
        stream_.get_next = [](ArrowArrayStream* s, ArrowArray* out) {
            return static_cast<producer*>(s->private_data)->next(out);
        };
        stream_.get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; };
        stream_.release = [](ArrowArrayStream* s) { s->release = nullptr; };
        stream_.private_data = this;
    }
    [[nodiscard]] ArrowArrayStream* stream() noexcept { return &stream_; }

private:
    static constexpr std::size_t width = column_count + 2;

    template <class T>
    static void release_plain(T* one) {
        one->release = nullptr;
    }

    struct schema_memory {
        std::array<ArrowSchema, width> children{};
        std::array<ArrowSchema*, width> pointers{};
    };
    struct array_memory {
        std::vector<std::int64_t> customers;
        std::array<ArrowArray, width> children{};
        std::array<ArrowArray*, width> pointers{};
        std::array<std::array<const void*, 2>, width> buffers{};
        const void* none = nullptr;
    };

    /// Children may have been moved away by the consumer.
    template <class T, class Memory>
    static void release_all(T* one) {
        const std::unique_ptr<Memory> memory{static_cast<Memory*>(one->private_data)};
        for (T& child : memory->children) {
            if (child.release != nullptr) child.release(&child);
        }
        one->release = nullptr;
    }

    static int schema(ArrowSchema* out) {
        auto memory = std::make_unique<schema_memory>();
        for (std::size_t k = 0; k < width; ++k) {
            ArrowSchema& child = memory->children[k];
            child.format = k < column_count ? "g" : (k == column_count ? "l" : "tdD");
            child.name = k < column_count ? column_rules[k].name
                                          : (k == column_count ? "customer" : "as_of");
            child.release = release_plain<ArrowSchema>;
            memory->pointers[k] = &child;
        }
        *out = {};
        out->format = "+s";
        out->n_children = width;
        out->children = memory->pointers.data();
        out->release = release_all<ArrowSchema, schema_memory>;
        out->private_data = memory.release();
        return 0;
    }

    int next(ArrowArray* out) {
        *out = {};
        const std::int64_t rows = std::min(batch_rows, total_ - sent_);
        if (rows <= 0) return 0;
        const wide_world& from = ring_[static_cast<std::size_t>(sent_ / batch_rows) % ring_.size()];
        auto memory = std::make_unique<array_memory>();
        memory->customers.resize(static_cast<std::size_t>(rows));
        for (std::int64_t i = 0; i < rows; ++i)
            memory->customers[static_cast<std::size_t>(i)] = customer(sent_ + i);
        days_.resize(static_cast<std::size_t>(batch_rows), 20'000);
        for (std::size_t k = 0; k < width; ++k) {
            memory->buffers[k] = {
                nullptr, k < column_count    ? static_cast<const void*>(from.column(k))
                         : k == column_count ? static_cast<const void*>(memory->customers.data())
                                             : static_cast<const void*>(days_.data())};
            ArrowArray& child = memory->children[k];
            child.length = rows;
            child.n_buffers = 2;
            child.buffers = memory->buffers[k].data();
            child.release = release_plain<ArrowArray>;
            memory->pointers[k] = &child;
        }
        out->length = rows;
        out->n_buffers = 1;
        out->buffers = &memory->none;
        out->n_children = width;
        out->children = memory->pointers.data();
        out->release = release_all<ArrowArray, array_memory>;
        out->private_data = memory.release();
        sent_ += rows;
        return 0;
    }

    /// Each customer once: an odd factor permutes the integers of 32 bits.
    [[nodiscard]] std::int64_t customer(std::int64_t number) const noexcept {
        return by_ == order::ascending ? number : (number * 0x9E3779B1) & 0xFFFFFFFF;
    }

    const std::vector<wide_world>& ring_;
    std::int64_t total_;
    order by_;
    std::int64_t sent_ = 0;
    std::vector<std::int32_t> days_;
    ArrowArrayStream stream_{};
};

/// Scores `rows` rows; `look` sees each batch of results.
template <class Look>
void score_stream(const aiueo_plan* plan, const std::vector<wide_world>& ring, std::int64_t rows,
                  order by, bool check, Look look) {
    producer from{ring, rows, by};
    aiueo_stream_options options{};
    options.struct_size = sizeof options;
    options.flags = check ? 0 : AIUEO_STREAM_NO_DUPLICATE_CHECK;
    ArrowArrayStream out{};
    aiueo_error e = c::no_error();
    c::must(aiueo_plan_score_stream(plan, from.stream(), &options, &out, &e), e);
    ArrowSchema schema{};
    if (out.get_schema(&out, &schema) != 0) fail(out.get_last_error(&out));
    std::int64_t seen = 0;
    for (;;) {
        ArrowArray array{};
        if (out.get_next(&out, &array) != 0) fail(out.get_last_error(&out));
        if (array.release == nullptr) break;
        look(schema, array, seen);
        seen += array.length;
        array.release(&array);
    }
    schema.release(&schema);
    out.release(&out);
    if (seen != rows)
        fail("the stream gave " + std::to_string(seen) + " rows of " + std::to_string(rows));
}

bool is_known(const ArrowArray& column, std::int64_t row) {
    const auto* bits = static_cast<const std::uint8_t*>(column.buffers[0]);
    const std::int64_t at = row + column.offset;
    return bits == nullptr || ((bits[at / 8] >> (at % 8)) & 1) != 0;
}

double number_at(const ArrowArray& column, std::int64_t row) {
    if (!is_known(column, row)) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<const double*>(column.buffers[1])[row + column.offset];
}

std::int16_t level_at(const ArrowArray& column, char index_format, std::int64_t row) {
    if (!is_known(column, row)) return -1;
    if (index_format == 'S') {
        const auto code = static_cast<const std::uint16_t*>(column.buffers[1])[row + column.offset];
        return static_cast<std::int16_t>(code);
    }
    fail(std::string{"a level is a dictionary of \""} + index_format + "\"");
}

/// A batch of the stream's results as plain columns.
outputs plain(const ArrowSchema& schema, const ArrowArray& array) {
    outputs out{array.length};
    std::size_t found = 0;
    for (std::int64_t k = 0; k < schema.n_children; ++k) {
        const std::string_view name = schema.children[k]->name;
        const ArrowArray& column = *array.children[k];
        const char format = schema.children[k]->format[0];
        for (std::size_t n = 0; n < outputs::numbers; ++n) {
            if (name != number_names[n]) continue;
            ++found;
            for (std::int64_t i = 0; i < array.length; ++i) {
                out.number[n][static_cast<std::size_t>(i)] = number_at(column, i);
            }
        }
        for (std::size_t n = 0; n < outputs::levels; ++n) {
            if (name != (n == 1 ? "stage_provisional" : level_names[n])) continue;
            ++found;
            for (std::int64_t i = 0; i < array.length; ++i) {
                out.level[n][static_cast<std::size_t>(i)] = level_at(column, format, i);
            }
        }
    }
    if (found != outputs::numbers + outputs::levels)
        fail("the stream's results lack a column of W1");
    return out;
}

}  // namespace

void run_w3(const options& asked) {
    // Minutes for each: all of them only where they are asked for.
    const std::vector<std::string> isas =
        asked.isas.empty() ? std::vector{available_isas().back()} : chosen_isas(asked);
    for (const std::string& isa : isas) {
        std::vector<wide_world> ring;
        const std::int64_t ring_rows = std::min(asked.rows, batch_rows * ring_size);
        for (std::int64_t at = 0; at < ring_rows; at += batch_rows)
            ring.emplace_back(batch_rows, at);

        const c::plan plan = c::load_plan(isa);
        const aiueo::plan direct_plan = plan_for(isa);
        std::vector<aiueo::batch> batches;
        for (const wide_world& one : ring) batches.push_back(bind(direct_plan, one, batch_rows));
        aiueo::scores direct{direct_plan, batch_rows};
        const auto score_direct = [&](std::int64_t first, std::int64_t rows) {
            const auto& batch =
                batches[static_cast<std::size_t>(first / batch_rows) % batches.size()];
            if (const aiueo::status ok = aiueo::score(direct_plan, batch, {0, rows}, direct); !ok) {
                fail(ok.error().to_string());
            }
        };
        const std::int64_t some = std::min(asked.rows, ring_rows);
        score_stream(plan.get(), ring, some, order::none, true,
                     [&](const ArrowSchema& schema, const ArrowArray& array, auto first) {
                         score_direct(first, array.length);
                         must_equal(columns_of(direct), columns_of(plain(schema, array)),
                                    array.length, "the stream");
                     });

        const auto nothing = [](const ArrowSchema&, const ArrowArray&, std::int64_t) {};
        std::vector<contender> turns;
        const auto stream = [&](std::string name, order by, bool check) {
            turns.push_back({std::move(name), isa, 1, [&, by, check] {
                                 score_stream(plan.get(), ring, asked.rows, by, check, nothing);
                             }});
        };
        stream("aiueo stream, in order", order::ascending, true);
        stream("aiueo stream, in no order", order::none, true);
        stream("aiueo stream, no duplicate check", order::ascending, false);
        constexpr std::size_t streams = 3;
        std::array<std::int64_t, streams> peak{};
        turns.push_back({"aiueo", isa, 1, [&] {
                             for (std::int64_t at = 0; at < asked.rows; at += batch_rows) {
                                 score_direct(at, std::min(batch_rows, asked.rows - at));
                             }
                         }});
        // Memory of the stream alone: the peak above what was resident before. The columns are the
        // producer's, read where they are; two batches of scores are the stream's own.
        for (std::size_t k = 0; k < streams; ++k) {
            reset_peak_memory();
            const std::int64_t before = peak_memory();
            turns[k].run();
            peak[k] = peak_memory() - before;
        }
        options few = asked;
        few.rounds = std::min(asked.rounds, 3);
        race(turns, asked.rows, few);
        for (std::size_t k = 0; k < streams; ++k) {
            const double rows = static_cast<double>(asked.rows);
            line{"W3"}
                .timed(turns[k], asked.rows)
                .number("million_rows_per_second", 1e3 / best(turns[k].ns))
                .count("peak_bytes", peak[k])
                .number("check_bytes_per_row",
                        static_cast<double>(peak[k] - peak[streams - 1]) / rows)
                .count("batch_rows", batch_rows)
                .print();
            compared("W3", turns[k], turns[streams], asked.rows, "W1 in place").print();
        }
    }
}

}  // namespace bench
