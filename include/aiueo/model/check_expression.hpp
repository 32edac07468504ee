// model › check_expression: what the names in a condition stand for, and whether its types fit.
// base ─► table ─► model
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/model/expression_ops.hpp"
#include "aiueo/model/expression_place.hpp"
#include "aiueo/model/expression_scope.hpp"

namespace aiueo {
namespace expression_detail {

/// A condition shows at most this many errors, and a model is worth suggestions only up to the next
/// bound: suggestions look at every name, so they must not be paid for without end.
inline constexpr std::size_t errors_per_expression = 8;
inline constexpr std::size_t problems_with_suggestions = 200;

/// One walk over the nodes, operands first. A node that is wrong keeps the type unknown, and
/// nothing is said about what follows from it.
class expression_checker {
public:
    expression_checker(expression& tree, const expression_scope& scope, std::string_view path,
                       problems& found)
        : tree_(tree), scope_(scope), path_(path), found_(found) {}

    void run(value_type wanted) {
        if (tree_.empty() || !well_formed()) return;
        for (std::uint32_t i = 0; i < tree_.nodes.size(); ++i) check(i);
        check_root(wanted);
    }

private:
    [[nodiscard]] node& at(std::uint32_t i) { return tree_.nodes[i]; }
    [[nodiscard]] node& operand(const node& of, std::size_t k) {
        return tree_.nodes[of.operands[k]];
    }

    void report(const node& here, const std::string& message) {
        if (++errors_ > errors_per_expression) return;
        error what = error_in(tree_.source, tree_.where, here.begin, message);
        what.where.path = path_;
        found_.push_back({problem::level::error, std::move(what)});
    }

    [[nodiscard]] bool suggesting() const noexcept {
        return found_.size() < problems_with_suggestions;
    }

    /// Trees built by hand are held to what the parser guarantees: every node but the root is used
    /// once, by a later one, and spans lie within the source.
    [[nodiscard]] bool well_formed() {
        const std::size_t count = tree_.nodes.size();
        parents_.assign(count, none);
        for (std::uint32_t i = 0; i < count; ++i) {
            node& one = at(i);
            one.type = one.what == op::number && one.type == value_type::date ? value_type::date
                                                                              : value_type::unknown;
            one.resolved = {};
            one.member = 0;
            if (one.begin > one.end || one.end > tree_.source.size()) one.begin = one.end = 0;
            const auto [least, most] = arity(one.what);
            bool fine = one.operands.size() >= least && one.operands.size() <= most;
            for (const std::uint32_t child : one.operands) {
                fine = fine && child < i && parents_[child] == none;
                if (fine) parents_[child] = i;
            }
            if (one.what == op::number) fine = fine && std::isfinite(one.number);
            if (one.what == op::flag) fine = fine && (one.number == 0 || one.number == 1);
            if (!fine) {
                report(one, "the tree is malformed at node " + std::to_string(i));
                return false;
            }
        }
        for (std::uint32_t i = 0; i + 1 < count; ++i) {
            if (parents_[i] != none) continue;
            report(at(i),
                   "the tree is malformed: node " + std::to_string(i) + " belongs to no other");
            return false;
        }
        return true;
    }

    // What messages call a node.

    [[nodiscard]] std::string_view text_of(const node& one) const {
        const std::string_view source = tree_.text_of(one);
        return source.empty() ? std::string_view{one.text} : source;
    }

    /// For "write …": the part itself, or x for a long one.
    [[nodiscard]] std::string shown(const node& one) const {
        constexpr std::size_t short_enough = 60;
        return text_of(one).size() > short_enough ? "x" : std::string{text_of(one)};
    }

    [[nodiscard]] static std::string_view noun(value_type type) noexcept {
        switch (type) {
        case value_type::unknown: return "unknown";
        case value_type::number: return "a number";
        case value_type::flag: return "a flag";
        case value_type::text: return "a category";
        case value_type::date: return "a date";
        case value_type::rung: return "a rung";
        case value_type::band: return "a band";
        }
        return "unknown";
    }

    [[nodiscard]] std::string described(const node& one) const {
        if (one.what == op::text) return aiueo::quoted(one.text) + " is a text";
        return aiueo::quoted(text_of(one)) + " is " + std::string{noun(one.type)};
    }

    [[nodiscard]] static bool is_scale(const node& one) noexcept {
        return one.type == value_type::rung || one.type == value_type::band;
    }

    /// A comparison of a rung or band as an example; the second one if there is one, since the
    /// first always holds.
    [[nodiscard]] std::string example_member(const node& scale) const {
        const std::vector<std::string_view> all = scope_.members(scale.resolved);
        return all.empty() ? "'…'" : "'" + std::string{all[all.size() > 1 ? 1 : 0]} + "'";
    }

    // Expectations. All are silent about a node that is wrong already.

    [[nodiscard]] std::string why_not_number(const node& one) const {
        if (one.type == value_type::flag) return "; write " + shown(one) + " ? 1 : 0";
        if (one.type == value_type::date) return "; write days_since(…) or days_until(…)";
        if (one.what == op::text && parse_number(one.text)) return "; a number has no quotes";
        if (is_scale(one))
            return "; write at_least(" + shown(one) + ", " + example_member(one) + ") ? 1 : 0";
        return {};
    }

    void want_number(const node& one, op by) {
        if (one.type == value_type::number || one.type == value_type::unknown) return;
        report(one, described(one) + ", and " + std::string{spelling(by)} + " needs a number" +
                        why_not_number(one));
    }

    [[nodiscard]] std::string why_not_flag(const node& one) const {
        switch (one.type) {
        case value_type::number: return "; write " + shown(one) + " > 0";
        case value_type::text:
            return one.what == op::text ? std::string{} : "; write " + shown(one) + " == '…'";
        case value_type::date:
            return "; write has(" + shown(one) + ") or compare it with another date";
        case value_type::rung:
        case value_type::band:
            return "; write at_least(" + shown(one) + ", " + example_member(one) + ")";
        case value_type::unknown:
        case value_type::flag: break;
        }
        return {};
    }

    void want_flag(const node& one, op by) {
        if (one.type == value_type::flag || one.type == value_type::unknown) return;
        report(one, described(one) + ", and " + std::string{spelling(by)} + " needs a condition" +
                        why_not_flag(one));
    }

    void check(std::uint32_t i) {
        node& one = at(i);
        switch (one.what) {
        case op::number:
            if (one.type != value_type::date) one.type = value_type::number;
            return;
        case op::text: one.type = value_type::text; return;
        case op::flag: one.type = value_type::flag; return;
        case op::name: resolve(i); return;
        case op::negate:
        case op::absolute:
            want_number(operand(one, 0), one.what);
            one.type = value_type::number;
            return;
        case op::logical_not:
            want_flag(operand(one, 0), one.what);
            one.type = value_type::flag;
            return;
        case op::logical_and:
        case op::logical_or:
            want_flag(operand(one, 0), one.what);
            want_flag(operand(one, 1), one.what);
            one.type = value_type::flag;
            return;
        case op::has: check_has(one); return;
        case op::days_since:
        case op::days_until: check_days(one); return;
        case op::add:
        case op::subtract: check_sum(one); return;
        case op::multiply:
        case op::divide:
        case op::remainder:
            want_number(operand(one, 0), one.what);
            want_number(operand(one, 1), one.what);
            one.type = value_type::number;
            return;
        case op::equal:
        case op::not_equal:
            one.type = value_type::flag;
            check_same(one, operand(one, 0), operand(one, 1));
            return;
        case op::less:
        case op::less_equal:
        case op::greater:
        case op::greater_equal:
            one.type = value_type::flag;
            check_ordered(one, operand(one, 0), operand(one, 1));
            return;
        case op::at_least: check_at_least(one); return;
        case op::starts_with:
        case op::ends_with:
        case op::contains: check_text(one); return;
        case op::minimum:
        case op::maximum: check_extreme(one); return;
        case op::conditional: check_conditional(one); return;
        case op::in_list:
            one.type = value_type::flag;
            for (std::size_t k = 1; k < one.operands.size(); ++k)
                check_same(one, operand(one, 0), operand(one, k));
            return;
        }
    }

    void check_root(value_type wanted) {
        const node& root = tree_.root();
        if (root.type == value_type::unknown || root.type == wanted) return;
        if (wanted == value_type::unknown) {
            if (!is_scale(root)) return;
            report(root,
                   described(root) + ", and a derived metric is a number, flag, category or date");
            return;
        }
        if (wanted == value_type::flag) {
            report(root, described(root) + ", not a condition" + why_not_flag(root));
            return;
        }
        report(root, described(root) + ", where " + std::string{noun(wanted)} + " is needed" +
                         (wanted == value_type::number ? why_not_number(root) : std::string{}));
    }

    // Names.

    void resolve(std::uint32_t i) {
        node& one = at(i);
        const symbol what = scope_.find(one.text);
        if (what.what == symbol::kind::none) {
            report(one, why_not_found(i));
        } else if (!scope_.sees(what)) {
            report(one,
                   aiueo::quoted(one.text) +
                       " is not a metric; profile conditions and derived metrics see metrics only");
        } else {
            one.resolved = what;
            one.type = scope_.type_of(what);
        }
    }

    [[nodiscard]] std::string why_not_found(std::uint32_t i) {
        const node& one = at(i);
        const std::string_view name = one.text;
        const std::size_t point = name.find('.');
        const std::string_view head = name.substr(0, point);
        if (const std::optional<std::uint32_t> g = group_named(head))
            return why_not_in_group(*g, name, point);
        if (head == "overall") {
            if (!overall_in_use(scope_.rules()))
                return "there is no overall score: no axis in use has a weight in overall";
            return aiueo::quoted(name) + " is not known; overall has only overall.coverage";
        }
        if (name == "band") return "the model has no bands";
        if (point != std::string_view::npos && scope_.find(head).what == symbol::kind::metric) {
            return aiueo::quoted(name) + " is not a known name; the metric " + aiueo::quoted(head) +
                   " has no parts";
        }
        std::string out = aiueo::quoted(name) +
                          (scope_.metrics_only() ? " is not a metric" : " is not a known name");
        for (const std::string_view nothing :
             {"null", "none", "nil", "nan", "undefined", "missing"}) {
            if (detail::same_but_for_case(name, nothing))
                return out + "; write has(x) for \"is known\", !has(x) for \"is unknown\"";
        }
        for (const std::string_view now : {"today", "now", "current_date"}) {
            if (detail::same_but_for_case(name, now)) return out + "; the snapshot's date is as_of";
        }
        if (!suggesting()) return out;
        if (std::string hint = as_text(i); !hint.empty()) return out + hint;
        return out + did_you_mean(name, scope_.visible());
    }

    [[nodiscard]] std::string why_not_in_group(std::uint32_t g, std::string_view name,
                                               std::size_t point) const {
        const std::string group{group_names[g]};
        const std::string kind = g < axis_count ? "axis " : "";
        if (!scope_.rules().groups[g].in_use())
            return kind + group + " has no components, so it has no score";
        const std::string_view wanted = name.substr(point + 1);
        std::vector<std::string_view> all;
        for (const component& one : scope_.rules().groups[g].components) all.emplace_back(one.name);
        all.emplace_back("coverage");
        return kind + group + " has no component " + aiueo::quoted(wanted) +
               (suggesting() ? did_you_mean(wanted, all) : std::string{});
    }

    /// A bare word where a text was meant: plan == trial, stage == Active.
    [[nodiscard]] std::string as_text(std::uint32_t i) {
        const node& one = at(i);
        if (parents_[i] == none) return {};
        const node& parent = at(parents_[i]);
        const bool compares = parent.what == op::equal || parent.what == op::not_equal ||
                              parent.what == op::in_list || parent.what == op::at_least;
        if (!compares || parent.operands[0] == i) return {};
        const node& other = operand(parent, 0);
        if (is_scale(other) && scope_.member(other.resolved, one.text)) {
            return "; a " + std::string{name_of(other.type)} + " is written in quotes, '" +
                   one.text + "'";
        }
        if (other.type == value_type::text && !nearest(one.text, scope_.visible())) {
            return "; a text is written in quotes, '" + one.text + "'";
        }
        return {};
    }

    // Comparisons.

    /// `literal` becomes the rung or band it names.
    void match_member(const node& scale, node& literal) {
        if (literal.what != op::text) {
            report(literal, described(literal) + "; a " + std::string{name_of(scale.type)} +
                                " is compared with a name in quotes, as in " + shown(scale) +
                                " == " + example_member(scale));
            return;
        }
        const std::optional<std::uint32_t> member = scope_.member(scale.resolved, literal.text);
        if (member) {
            literal.type = scale.type;
            literal.member = *member;
            return;
        }
        literal.type = value_type::unknown;
        std::string message =
            aiueo::quoted(literal.text) + " is not a " + std::string{name_of(scale.type)} +
            (scale.type == value_type::band ? "" : " of " + aiueo::quoted(scale.text));
        if (suggesting()) {
            const std::vector<std::string_view> all = scope_.members(scale.resolved);
            const std::string hint = did_you_mean(literal.text, all);
            message += hint.empty() ? listed(all) : hint;
        }
        report(literal, message);
    }

    [[nodiscard]] static std::string listed(const std::vector<std::string_view>& all) {
        constexpr std::size_t most = 8;
        std::string out = "; there are ";
        for (std::size_t i = 0; i < all.size() && i < most; ++i)
            out += (i == 0 ? "" : ", ") + aiueo::quoted(all[i]);
        return out + (all.size() > most ? ", …" : "");
    }

    void check_same(const node& by, node& left, node& right) {
        if (left.type == value_type::unknown || right.type == value_type::unknown) return;
        if (is_scale(left) && left.what == op::name) return match_member(left, right);
        if (is_scale(right) && right.what == op::name) return match_member(right, left);
        if (left.type == right.type) return;
        report(by.what == op::in_list ? right : by, described(left) + " and " + described(right) +
                                                        ", so they are never equal" +
                                                        how_to_compare(left, right));
    }

    void check_ordered(const node& by, const node& left, const node& right) {
        if (left.type == value_type::unknown || right.type == value_type::unknown) return;
        if (is_scale(left) || is_scale(right)) {
            const node& scale = is_scale(left) ? left : right;
            const node& other = is_scale(left) ? right : left;
            const std::string member =
                other.what == op::text ? "'" + other.text + "'" : example_member(scale);
            const bool under = (by.what == op::less) == is_scale(left) &&
                               (by.what == op::less || by.what == op::greater);
            report(by, std::string{name_of(scale.type)} + "s are not ordered by " +
                           std::string{spelling(by.what)} + "; write " + (under ? "!" : "") +
                           "at_least(" + shown(scale) + ", " + member + ")");
            return;
        }
        if (left.type != right.type) {
            report(by, described(left) + " and " + described(right) + ", so they have no order" +
                           how_to_compare(left, right));
        } else if (left.type == value_type::text) {
            report(by, "categories have no order; compare them by == or in");
        } else if (left.type == value_type::flag) {
            report(by, "flags have no order; write x or !x");
        }
    }

    [[nodiscard]] std::string how_to_compare(const node& left, const node& right) const {
        const bool swapped = left.what == op::text ||
                             (right.type == value_type::flag && left.type != value_type::flag) ||
                             (right.type == value_type::date && left.type != value_type::date);
        const node& value = swapped ? right : left;
        const node& other = swapped ? left : right;
        if (value.type == value_type::flag)
            return "; write " + shown(value) + " or !" + shown(value);
        if (value.type == value_type::date) {
            if (other.what == op::text && parse_date(other.text))
                return "; write date('" + other.text + "')";
            if (other.what == op::text) return "; a day is written date('2026-04-01')";
            return "; write days_since(" + shown(value) + ") or days_until(" + shown(value) +
                   ") for days";
        }
        if (value.type == value_type::number && other.what == op::text &&
            parse_number(other.text)) {
            return "; a number has no quotes";
        }
        return {};
    }

    void check_at_least(node& one) {
        one.type = value_type::flag;
        node& scale = operand(one, 0);
        node& member = operand(one, 1);
        if (scale.type == value_type::unknown) return;
        if (!is_scale(scale) || scale.what != op::name) {
            std::string hint;
            if (scale.type == value_type::number && member.type == value_type::number) {
                hint = "; write " + shown(scale) + " >= " + shown(member);
            } else if (scale.what == op::text && is_scale(member)) {
                hint = "; write at_least(" + shown(member) + ", '" + scale.text + "')";
            }
            report(scale, described(scale) + ", and at_least() needs a ladder or band" + hint);
            return;
        }
        if (member.type != value_type::unknown) match_member(scale, member);
    }

    // Functions.

    void check_has(node& one) {
        one.type = value_type::flag;
        const node& name = operand(one, 0);
        if (name.what != op::name) {
            report(name, "has() takes a name, as in has(nps)" +
                             std::string{name.what == op::text ? "; leave out the quotes" : ""});
        } else if (name.resolved.what == symbol::kind::as_of ||
                   name.resolved.what == symbol::kind::coverage) {
            report(name, aiueo::quoted(name.text) + " is always known, so has() says nothing");
        }
    }

    void check_days(node& one) {
        one.type = value_type::number;
        const node& day = operand(one, 0);
        if (day.type == value_type::date || day.type == value_type::unknown) return;
        std::string hint;
        if (day.what == op::text)
            hint = parse_date(day.text) ? "; write date('" + day.text + "')"
                                        : "; a day is written date('2026-04-01')";
        report(day, described(day) + ", and " + std::string{spelling(one.what)} + " needs a date" +
                        hint);
    }

    void check_sum(node& one) {
        one.type = value_type::number;
        const node& left = operand(one, 0);
        const node& right = operand(one, 1);
        if (left.type == value_type::unknown || right.type == value_type::unknown) return;
        const bool dates = left.type == value_type::date || right.type == value_type::date;
        if (!dates) {
            want_number(left, one.what);
            want_number(right, one.what);
            return;
        }
        if (one.what == op::subtract && left.type == right.type) return;
        one.type = value_type::unknown;
        report(
            one,
            "days are not added to or taken from a date; compare the number of days instead, as in "
            "days_since(x) >= 30, or subtract two dates");
    }

    void check_text(node& one) {
        one.type = value_type::flag;
        const node& subject = operand(one, 0);
        const node& part = operand(one, 1);
        if (is_scale(subject)) {
            report(subject, described(subject) + ", and " + std::string{spelling(one.what)} +
                                " needs a category; write " + shown(subject) + " in [" +
                                example_member(subject) + "]");
        } else if (subject.type != value_type::text && subject.type != value_type::unknown) {
            report(subject, described(subject) + ", and " + std::string{spelling(one.what)} +
                                " needs a category");
        }
        if (part.what != op::text && part.type != value_type::unknown) {
            report(part, std::string{spelling(one.what)} + " takes a text in quotes");
        }
    }

    /// min and max of numbers, or of dates.
    void check_extreme(node& one) {
        for (const std::uint32_t child : one.operands) {
            const node& each = at(child);
            if (each.type == value_type::unknown) continue;
            if (each.type != value_type::date && each.type != value_type::number) {
                want_number(each, one.what);
            } else if (one.type == value_type::unknown) {
                one.type = each.type;
            } else if (each.type != one.type) {
                report(each, described(each) + ", and " + std::string{spelling(one.what)} +
                                 " began with " + std::string{noun(one.type)});
            }
        }
    }

    void check_conditional(node& one) {
        want_flag(operand(one, 0), one.what);
        const node& yes = operand(one, 1);
        const node& no = operand(one, 2);
        for (const node* branch : {&yes, &no}) {
            if (!is_scale(*branch)) continue;
            report(*branch,
                   described(*branch) +
                       ", which a conditional cannot give; compare it inside, as in at_least(" +
                       shown(*branch) + ", " + example_member(*branch) + ")");
            return;
        }
        if (yes.type != value_type::unknown && no.type != value_type::unknown &&
            yes.type != no.type) {
            report(one, described(yes) + " and " + described(no) +
                            "; both values of a conditional are of one type");
            return;
        }
        one.type = yes.type == value_type::unknown ? no.type : yes.type;
    }

    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    expression& tree_;
    const expression_scope& scope_;
    std::string_view path_;
    problems& found_;
    std::vector<std::uint32_t> parents_;
    std::size_t errors_ = 0;
};

}  // namespace expression_detail

/// Resolve the names of a condition and check its types: sets type, resolved and member of every
/// node, and adds what is wrong to `found` under `path`. `wanted` is flag for conditions; unknown
/// takes a number, flag, category or date (derived metrics). May be repeated, under another scope
/// too. An empty one is left alone.
inline void check_expression(expression& subject, const expression_scope& scope, value_type wanted,
                             std::string_view path, problems& found) {
    expression_detail::expression_checker{subject, scope, path, found}.run(wanted);
}

}  // namespace aiueo
