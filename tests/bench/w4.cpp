// W4: one row at a time, through C++ and through the C ABI; and 1,024 rows in a batch that is used
// again.
#include "aiueo/score/score.hpp"

#include "capi.hpp"
#include "outputs.hpp"
#include "world.hpp"

namespace bench {

namespace {

constexpr std::int64_t some_rows = 1024;

std::array<double, column_count> row_of(const wide_world& from, std::int64_t at) {
    std::array<double, column_count> out{};
    for (std::size_t k = 0; k < column_count; ++k) out[k] = from.column(k)[at];
    return out;
}

/// A batch with memory of its own, filled value by value: a request's way.
class cpp_side {
public:
    cpp_side(const std::string& isa, std::int64_t rows)
        : plan_(plan_for(isa)), batch_(plan_, rows), scores_(plan_, rows) {
        batch_.own_all();
        for (std::size_t k = 0; k < column_count; ++k) {
            const auto number = batch_.number_of(column_rules[k].name);
            if (!number) fail(number.error().to_string());
            number_[k] = *number;
        }
    }
    void set(std::int64_t row, const wide_world& from, std::int64_t at) {
        for (std::size_t k = 0; k < column_count; ++k) {
            if (const aiueo::status ok = batch_.set(number_[k], row, from.column(k)[at]); !ok)
                fail(ok.error().to_string());
        }
    }
    /// All of a row in one call.
    void set_row(std::int64_t row, const wide_world& from, std::int64_t at) {
        const auto values = row_of(from, at);
        if (const aiueo::status ok = batch_.set_row(row, number_, values); !ok)
            fail(ok.error().to_string());
    }
    void score() {
        if (const aiueo::status ok = aiueo::score(plan_, batch_, {0, batch_.rows()}, scores_);
            !ok) {
            fail(ok.error().to_string());
        }
    }
    [[nodiscard]] const aiueo::scores& results() const noexcept { return scores_; }

private:
    aiueo::plan plan_;
    aiueo::batch batch_;
    aiueo::scores scores_;
    std::array<std::int32_t, column_count> number_{};
};

class c_side {
public:
    c_side(const std::string& isa, std::int64_t rows) : plan_(c::load_plan(isa)), rows_(rows) {
        aiueo_error e = c::no_error();
        aiueo_batch* batch = nullptr;
        c::must(aiueo_batch_new(plan_.get(), AIUEO_SNAPSHOTS, rows, nullptr, &batch, &e), e);
        batch_.reset(batch);
        c::must(aiueo_batch_own(batch, &e), e);
        for (std::size_t k = 0; k < column_count; ++k) {
            const std::string_view name = column_rules[k].name;
            c::must(aiueo_batch_metric(batch, name.data(), name.size(), &number_[k], &e), e);
        }
        aiueo_scores* scores = nullptr;
        c::must(aiueo_scores_new(plan_.get(), rows, nullptr, &scores, &e), e);
        scores_.reset(scores);
    }
    void set(std::int64_t row, const wide_world& from, std::int64_t at) {
        aiueo_error e = c::no_error();
        for (std::size_t k = 0; k < column_count; ++k) {
            c::must(aiueo_batch_set_number(batch_.get(), number_[k], row, from.column(k)[at], &e),
                    e);
        }
    }
    void set_row(std::int64_t row, const wide_world& from, std::int64_t at) {
        const auto values = row_of(from, at);
        aiueo_error e = c::no_error();
        c::must(aiueo_batch_set_row(batch_.get(), row, number_.data(), values.data(), nullptr,
                                    values.size(), &e),
                e);
    }
    void score() {
        aiueo_error e = c::no_error();
        c::must(aiueo_plan_score(plan_.get(), batch_.get(), 0, rows_, scores_.get(), &e), e);
    }
    [[nodiscard]] score_columns results() const {
        score_columns out;
        for (std::size_t k = 0; k < outputs::numbers; ++k)
            out.number[k] = column<double>(number_names[k]);
        for (std::size_t k = 0; k < outputs::levels; ++k) {
            out.level[k] = column<std::int16_t>(k == 1 ? "stage_provisional" : level_names[k]);
        }
        return out;
    }

private:
    template <class T>
    [[nodiscard]] const T* column(std::string_view name) const {
        aiueo_error e = c::no_error();
        std::int32_t type = 0;
        const void* values = nullptr;
        c::must(aiueo_scores_column(scores_.get(), name.data(), name.size(), &type, &values, &e),
                e);
        return static_cast<const T*>(values);
    }

    c::plan plan_;
    std::int64_t rows_;
    c::batch batch_;
    c::scores scores_;
    std::array<std::int32_t, column_count> number_{};
};

/// C against C++, with the boundary's share of the time.
void print_share(const contender& c, const contender& cpp, std::int64_t rows) {
    compared("W4", c, cpp, rows, "c++")
        .number("boundary_share", 1 - best(cpp.cpu_ns) / best(c.cpu_ns))
        .print();
}

}  // namespace

void run_w4(const options& asked) {
    const wide_world world{some_rows};
    for (const std::string& isa : chosen_isas(asked)) {
        cpp_side cpp_one{isa, 1};
        c_side c_one{isa, 1};
        cpp_side cpp_many{isa, some_rows};
        c_side c_many{isa, some_rows};
        for (std::int64_t at = 0; at < some_rows; ++at) {
            cpp_many.set(at, world, at);
            c_many.set(at, world, at);
        }
        cpp_many.score();
        c_many.score();
        const score_columns all = columns_of(cpp_many.results());
        must_equal(all, c_many.results(), some_rows, "the C ABI");
        for (std::int64_t at = 0; at < some_rows; ++at) {
            cpp_one.set(0, world, at);
            c_one.set(0, world, at);
            cpp_one.score();
            c_one.score();
            score_columns here = all;
            for (auto& one : here.number) one += at;
            for (auto& one : here.level) one += at;
            must_equal(here, columns_of(cpp_one.results()), 1, "one row in C++");
            must_equal(here, c_one.results(), 1, "one row through the C ABI");
            cpp_one.set_row(0, world, some_rows - 1 - at);  // something else in between
            c_one.set_row(0, world, some_rows - 1 - at);
            cpp_one.set_row(0, world, at);
            c_one.set_row(0, world, at);
            cpp_one.score();
            c_one.score();
            must_equal(here, columns_of(cpp_one.results()), 1, "one row at once in C++");
            must_equal(here, c_one.results(), 1, "one row at once through the C ABI");
        }

        // Every turn scores all 1,024 rows, so that no branch is learnt from one row.
        enum class setting { none, by_value, by_row };
        const auto each = [&](auto& side, setting how) {
            return [&side, &world, how] {
                for (std::int64_t at = 0; at < some_rows; ++at) {
                    if (how == setting::by_value) side.set(0, world, at);
                    if (how == setting::by_row) side.set_row(0, world, at);
                    side.score();
                }
            };
        };
        std::vector<contender> turns{
            {"c++ set_row and score", isa, 1, each(cpp_one, setting::by_row)},
            {"c set_row and score", isa, 1, each(c_one, setting::by_row)},
            {"c++ set and score", isa, 1, each(cpp_one, setting::by_value)},
            {"c set and score", isa, 1, each(c_one, setting::by_value)},
            {"c++ score", isa, 1, each(cpp_one, setting::none)},
            {"c score", isa, 1, each(c_one, setting::none)},
            {"c++ batch of 1024", isa, 1, [&] { cpp_many.score(); }},
            {"c batch of 1024", isa, 1, [&] { c_many.score(); }},
        };
        race(turns, some_rows, asked);
        for (const contender& one : turns)
            line{"W4"}.timed(one, one.variant.ends_with("1024") ? some_rows : 1).print();
        print_share(turns[1], turns[0], 1);
        print_share(turns[3], turns[2], 1);
        print_share(turns[5], turns[4], 1);
        print_share(turns[7], turns[6], some_rows);
    }
}

}  // namespace bench
