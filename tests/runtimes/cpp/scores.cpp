// Scores a folder of raw columns in C++, counts evidence where it has contracts, makes its lists:
// runtime_cpp IN OUT. See ../folder.py.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aiueo/aiueo.hpp>

namespace {

[[noreturn]] void die(std::string_view why) {
    std::cerr << why << '\n';
    std::exit(2);
}

void check(const aiueo::status& status) {
    if (!status) die(status.error().to_string());
}

template <class T>
T value_of(aiueo::result<T> result) {
    if (!result) die(result.error().to_string());
    return *std::move(result);
}

std::optional<std::string> try_read(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::string read(const std::string& name) {
    std::optional<std::string> text = try_read(name);
    if (!text) die("cannot read " + name);
    return *std::move(text);
}

/// The lines of a file, each split at tabs.
std::vector<std::vector<std::string>> lines(std::string_view text) {
    std::vector<std::vector<std::string>> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        auto& cells = out.emplace_back();
        for (std::size_t tab = 0; tab != std::string_view::npos; line.remove_prefix(tab + 1)) {
            tab = line.find('\t');
            cells.emplace_back(line.substr(0, tab));
            if (tab == std::string_view::npos) break;
        }
        text.remove_prefix(end + 1);
    }
    return out;
}

aiueo::column_type type_of(const std::string& name) {
    static const std::map<std::string, aiueo::column_type> types = {
        {"float64", aiueo::column_type::float64}, {"int64", aiueo::column_type::int64},
        {"bit", aiueo::column_type::bit},         {"date32", aiueo::column_type::date32},
        {"text32", aiueo::column_type::text32},
    };
    const auto found = types.find(name);
    if (found == types.end()) die(name + " is no type of a column");
    return found->second;
}

/// The columns of a folder and their bytes.
struct folder_table {
    std::deque<std::string> bytes;
    std::vector<aiueo::named_column> columns;

    folder_table(const std::string& in, std::int64_t rows) {
        for (const auto& line : lines(read(in + "/columns.tsv"))) {
            const std::string number = std::to_string(columns.size());
            aiueo::column_view view;
            view.type = type_of(line.at(0));
            view.length = rows;
            if (auto known = try_read(in + "/" + number + ".known")) {
                bytes.push_back(*std::move(known));
                view.validity = reinterpret_cast<const std::uint8_t*>(bytes.back().data());
            }
            bytes.push_back(read(in + "/" + number + ".values"));
            view.values = bytes.back().data();
            if (view.type == aiueo::column_type::text32) {
                view.bytes = bytes.back().data();
                bytes.push_back(read(in + "/" + number + ".offsets"));
                view.offsets = bytes.back().data();
            }
            columns.push_back({line.at(1), view});
        }
    }
};

std::int32_t day_of(const std::string& text) {
    return text.empty() ? aiueo::initiative_history::no_date : std::stoi(text);
}

void write(const std::string& name, const void* values, std::size_t size) {
    std::ofstream file{name, std::ios::binary};
    file.write(static_cast<const char*>(values), static_cast<std::streamsize>(size));
    if (!file.flush()) die("cannot write " + name);
}

template <class Values>
void write(const std::string& name, const Values& values) {
    write(name, values.data(), values.size() * sizeof values[0]);
}

void write(const std::string& name, const aiueo::scores& from, const aiueo::score_column& column) {
    if (column.what == aiueo::score_column::field::insufficient) {
        std::vector<std::uint8_t> flags;
        for (const double value : from.overall()) flags.push_back(std::isnan(value) ? 1 : 0);
        write(name, flags);
    } else if (column.has_codes()) {
        const auto codes = aiueo::score_codes(from, column);
        write(name, std::vector<std::int16_t>(codes.begin(), codes.end()));
    } else if (column.is_level()) {
        write(name, aiueo::score_levels(from, column));
    } else if (column.is_count()) {
        write(name, aiueo::score_counts(from, column));
    } else {
        write(name, aiueo::score_numbers(from, column));
    }
}

std::int64_t money_of(const std::string& text) {
    return text.empty() ? aiueo::no_money : std::stoll(text);
}

/// The state of all rows' evidence, with what customers paid until the batch's latest day.
std::string evidence_of(const std::string& in, const aiueo::plan& plan, const aiueo::batch& batch) {
    const aiueo::model& model = plan.model();
    aiueo::contract_history contracts{model.minor_digits, model.zone, model.study.grace_days};
    for (const auto& one : lines(read(in + "/contracts.tsv"))) {
        aiueo::contract row;
        row.start = day_of(one.at(1));
        row.end = day_of(one.at(2));
        row.outcome = static_cast<aiueo::contract_outcome>(std::stoi(one.at(3)));
        row.kind = static_cast<aiueo::contract_kind>(std::stoi(one.at(4)));
        row.mrr_before = money_of(one.at(5));
        row.mrr_after = money_of(one.at(6));
        check(contracts.add(one.at(0), row, -1));
    }
    check(contracts.finish());
    aiueo::ledger_history ledger{model.minor_digits, model.zone};
    for (const auto& one : lines(read(in + "/ledger.tsv"))) {
        const bool open = one.at(2).empty();
        const aiueo::ledger_entry row{day_of(one.at(1)),
                                      open ? aiueo::ledger_entry::no_end : day_of(one.at(2)),
                                      money_of(one.at(3))};
        check(ledger.add(one.at(0), row, -1));
    }
    check(ledger.finish());
    aiueo::initiative_log log{model.zone};
    for (const auto& one : lines(read(in + "/initiatives.tsv"))) {
        aiueo::initiative_row row;
        row.initiative = one.at(1);
        row.date = day_of(one.at(2));
        row.attended = day_of(one.at(3));
        row.responded = day_of(one.at(4));
        check(log.add(one.at(0), row, -1));
    }
    check(log.finish());

    aiueo::scores scores{plan, batch.rows(), {.detail = true, .overrides = false}};
    check(aiueo::score(plan, batch, {0, batch.rows()}, scores));
    aiueo::histories known{contracts};
    known.initiatives = &log;
    known.ledger = &ledger;
    known.data_until = value_of(aiueo::latest_as_of(batch));
    aiueo::evidence seen{plan};
    check(seen.update(batch, scores, known));
    check(seen.count_unseen(known));
    return value_of(aiueo::write_state(seen));
}

/// What is written of each line of actions.tsv (action, condition, options): head and rows.
void act(const std::string& in, const std::string& out, const aiueo::plan& plan,
         const folder_table& table, std::int64_t rows) {
    std::string names;
    for (const aiueo::action_entry& one : aiueo::actions()) names += std::string{one.name} + "\n";
    write(out + "/actions", names);
    for (const auto& one : lines(read(in + "/actions.tsv"))) {
        const aiueo::plan acting = value_of(aiueo::compile_to_act(plan, one.at(1)));
        aiueo::batch_options options;
        options.all_metrics = true;
        aiueo::batch batch{acting, rows, options};
        check(batch.bind_table(table.columns));
        aiueo::initiative_log log{acting.model().zone};
        for (const auto& cells : lines(read(in + "/initiatives.tsv"))) {
            aiueo::initiative_row row;
            row.initiative = cells.at(1);
            row.date = day_of(cells.at(2));
            row.attended = day_of(cells.at(3));
            row.responded = day_of(cells.at(4));
            check(log.add(cells.at(0), row, -1));
        }
        check(log.finish());
        const aiueo::action_list list =
            value_of(aiueo::run_action({acting, batch, &log, nullptr}, one.at(0), one.at(2)));
        write(out + "/" + one.at(0) + ".json",
              list.head + "\n" + aiueo::rows_json(list.rows, 0, list.rows.rows()));
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) die("usage: runtime_cpp IN OUT");
    const std::string in{arguments[1]};
    const std::string out{arguments[2]};
    const std::int64_t rows = std::stoll(read(in + "/rows"));
    const aiueo::plan plan =
        value_of(aiueo::compile(value_of(aiueo::read_model(read(in + "/model.json")))));
    const folder_table table{in, rows};
    const bool counts = try_read(in + "/contracts.tsv").has_value();
    aiueo::batch_options options;
    options.all_metrics = counts;
    aiueo::batch batch{plan, rows, options};
    check(batch.bind_table(table.columns));
    aiueo::initiative_history history{plan};
    if (const auto text = try_read(in + "/initiatives.tsv")) {
        for (const auto& one : lines(*text)) {
            history.add(one.at(0), one.at(1), day_of(one.at(2)), day_of(one.at(3)),
                        day_of(one.at(4)));
        }
        history.finish();
        check(batch.set_initiatives(history));
    }
    aiueo::scores scores{plan, rows, {.detail = true, .overrides = true}};
    check(aiueo::score(plan, batch, {0, rows}, scores));

    const std::vector<aiueo::score_column> columns = aiueo::score_columns(plan.data(), true);
    std::size_t number = 0;
    for (const auto& wanted : lines(read(in + "/scores.tsv"))) {
        bool found = false;
        for (const aiueo::score_column& one : columns) {
            if (one.name != wanted.at(1)) continue;
            write(out + "/" + std::to_string(number), scores, one);
            found = true;
        }
        if (!found) die(wanted.at(1) + " is no column of the scores");
        ++number;
    }
    if (counts) write(out + "/state", evidence_of(in, plan, batch));
    if (try_read(in + "/actions.tsv")) act(in, out, plan, table, rows);
}
