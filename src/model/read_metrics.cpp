// metrics, segments and roles: what is known of a customer, and which of it has a meaning of its
// own.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "model/reader.hpp"

namespace aiueo::reading {

using json::kind;

namespace {

using type_word = std::pair<std::string_view, metric_type>;
constexpr std::array<type_word, 5> types{{{"number", metric_type::number},
                                          {"flag", metric_type::flag},
                                          {"category", metric_type::category},
                                          {"date", metric_type::date},
                                          {"money", metric_type::money}}};

using value_word = std::pair<std::string_view, initiative_source::value>;
constexpr std::array<value_word, 3> values{{{"count", initiative_source::value::count},
                                            {"done", initiative_source::value::done},
                                            {"days_since", initiative_source::value::days_since}}};

using dated_word = std::pair<std::string_view, initiative_source::dated_by>;
constexpr std::array<dated_word, 3> dates{{{"date", initiative_source::dated_by::date},
                                           {"attended", initiative_source::dated_by::attended},
                                           {"responded", initiative_source::dated_by::responded}}};

void read_column(const cursor& at, metric& out) {
    const object_reader in{
        at, "a metric", {"type", "min", "max", "max_age_days", "label", "from", "derive"}};
    out.from = metric::source::column;
    if (in.need("type", "\"number\", \"flag\", \"category\", \"date\" or \"money\"")) {
        in.one_of("type", out.type, types);
    }
    in("min", out.min);
    in("max", out.max);
    in.whole("max_age_days", out.max_age_days, 0);
    in("label", out.shown);
}

void read_counted(const cursor& at, metric& out) {
    const object_reader in{at,
                           "a metric from initiatives",
                           {"from", "initiative", "value", "of", "window_days", "label"}};
    out.from = metric::source::initiatives;
    initiative_source& counted = out.counted;
    if (const auto from = in.find("from");
        from && from->is(kind::text, "the text \"initiatives\"")) {
        if (from->text() != "initiatives") {
            from->wrong("must be \"initiatives\", not " + json::shown(from->text()) +
                        "; a metric that is a column of the snapshots has no \"from\"");
        }
    }
    if (in.need("initiative", "the name of the initiative as the initiatives table has it")) {
        in("initiative", counted.initiative);
    }
    if (in.need("value", "\"count\", \"done\" or \"days_since\""))
        in.one_of("value", counted.what, values);
    in.one_of("of", counted.of, dates);
    if (in.need("window_days", "how many days back an initiative counts")) {
        in.whole("window_days", counted.window_days, 1);
    }
    in("label", out.shown);
}

void read_derived(const cursor& at, metric& out) {
    const object_reader in{at, "a derived metric", {"derive", "label"}};
    out.from = metric::source::derived;
    in("derive", out.derive);
    in("label", out.shown);
}

void read_roles(const cursor& at, model& out) {
    const object_reader in{
        at, "roles", {"mrr", "contract_start", "contract_end", "member", "team", "mrr_before"}};
    for (std::size_t i = 0; in.fine() && i < at.size(); ++i) {
        const cursor role = at.member(i);
        std::string metric_name;
        if (read(role, metric_name))
            out.roles.emplace(std::string{role.key()}, std::move(metric_name));
    }
}

}  // namespace

void read_metrics(const object_reader& at, model& out) {
    if (const auto metrics = at.find("metrics")) {
        each_member(
            *metrics, "an object with a metric under each name", [&out](const cursor& member) {
                metric& made = out.metrics.emplace_back();
                made.name = member.key();
                made.where = member.where_key();
                if (member.what() == kind::text && member.text().size() < 64) {
                    member.wrong("must be an object, not " + found_text(member) +
                                 "; write { \"type\": " + json::shown(member.text()) + " }");
                    return;
                }
                if (member.what() != kind::object) {
                    member.wrong_kind("an object (a metric)");
                    return;
                }
                const bool derived = member.doc().find(member.at(), "derive") != nullptr;
                const bool counted = member.doc().find(member.at(), "from") != nullptr;
                if (derived)
                    read_derived(member, made);
                else if (counted)
                    read_counted(member, made);
                else
                    read_column(member, made);
            });
    }
    if (const auto roles = at.find("roles")) read_roles(*roles, out);
}

void read_segments(const object_reader& at, model& out) {
    const auto segments = at.find("segments");
    if (!segments) return;
    each_element(*segments, "a list of metrics", [&out](const cursor& element) {
        segment made;
        made.where = element.where();
        if (element.what() == kind::text) {
            made.metric = element.text();
        } else if (element.what() == kind::object) {
            const object_reader in{element, "a segment", {"metric", "edges"}};
            if (!in.need("metric", "the metric that splits the customers")) return;
            if (!in("metric", made.metric)) return;
            if (!in("edges", made.edges) && in.has("edges")) return;
        } else {
            element.wrong_kind("a metric's name, or an object with \"metric\" and \"edges\"");
            return;
        }
        out.segments.push_back(std::move(made));
    });
}

}  // namespace aiueo::reading
