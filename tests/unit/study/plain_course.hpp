// Where customers will stand, done again from their books one by one: a chain that is walked
// forwards, variances by the textbook, groups left out by counting anew, Student's t in closed
// form.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <set>
#include <vector>

#include "aiueo/study/level_course.hpp"

#include "nrr_books.hpp"

namespace aiueo::testing {

/// The three levels of a book, who is a customer without a level, and who is none.
inline constexpr std::size_t course_levels = 3, course_unseen = 3, course_outside = 4;
/// Customers, or parts of one, by place.
using course_mix = std::array<double, 5>;
inline constexpr std::size_t every_group = 20;

/// P(T ≥ t) of 19 degrees of freedom (Abramowitz, Stegun, 26.7.3): a finite sum of powers of a
/// cosine, so nothing of the library's distributions is in it.
inline double plain_t_sf(double t) {
    const double angle = std::atan(t / std::sqrt(19.0)), c = std::cos(angle);
    double term = c, sum = c;
    for (int k = 3; k <= 17; k += 2) sum += term *= c * c * (k - 1) / k;
    return 0.5 - (angle + std::sin(angle) * sum) / std::numbers::pi;
}

/// The t beyond which, on both sides, lies what `level` leaves over.
inline double plain_t(double level) {
    double low = 0, high = 10;
    for (int k = 0; k < 200; ++k) {
        const double middle = (low + high) / 2;
        (plain_t_sf(middle) > (1 - level) / 2 ? low : high) = middle;
    }
    return low;
}

struct plain_said {
    double expected = undefined, error = undefined;
    std::int64_t n = 0;
    [[nodiscard]] double end(double level, double side, double most) const {
        return std::clamp(expected + side * plain_t(level) * error, 0.0, most);
    }
};

class plain_course {
public:
    explicit plain_course(const std::vector<book_customer>& book) {
        for (std::size_t t = 1; t < book.front().closes.size(); ++t) {
            std::vector<move> here;
            bool known = false;
            for (const book_customer& one : book) {
                here.push_back({place(one.closes[t - 1]), place(one.closes[t]), one.group});
                known = known || here.back().from < course_levels;
            }
            if (known) months_.push_back(here);
        }
    }

    [[nodiscard]] std::size_t months() const { return months_.size(); }

    /// From the moves of the first `used` months; of all of them where none is named.
    [[nodiscard]] plain_said said(const course_mix& now, std::size_t least, int months, bool share,
                                  std::size_t used = 0) const {
        if (used == 0) used = months_.size();
        plain_said out;
        std::set<std::size_t> groups;
        for (std::size_t m = 0; m < used; ++m) {
            for (const move& one : months_[m]) {
                if (one.from == course_outside) continue;
                groups.insert(one.group);
                ++out.n;
            }
        }
        const chain all = chain_of(used, every_group);
        out.expected = figure(after(now, all, months), least, share);
        const auto g = static_cast<double>(groups.size());
        double mean = 0, squares = 0;
        std::vector<double> without;
        for (const std::size_t group : groups) {
            without.push_back(figure(after(now, chain_of(used, group), months), least, share));
            mean += without.back() / g;
        }
        for (const double one : without) squares += (one - mean) * (one - mean);
        if (groups.size() < 2 || out.expected != out.expected) return out;
        const course_mix then = after(now, all, months);
        const double size = share ? then[0] + then[1] + then[2] : 1;
        const double chance =
            variance(now, all, least, months, share ? out.expected : 0) / size / size;
        out.error = std::sqrt((g - 1) / g * squares + chance * month_factor(used, least));
        return out;
    }

    struct plain_past {
        std::int64_t origins = 0, held = 0;
        double bias = undefined;
    };
    [[nodiscard]] plain_past past(std::size_t least, int months, bool share) const {
        plain_past out;
        double sum = 0;
        for (std::size_t at = 6; at + static_cast<std::size_t>(months) <= months_.size(); ++at) {
            const plain_said then = said(close(at), least, months, share, at);
            const double came = figure(close(at + static_cast<std::size_t>(months)), least, share);
            if (then.error != then.error || came != came) continue;
            const double most = share ? 1 : HUGE_VAL;
            ++out.origins;
            out.held += came >= then.end(0.8, -1, most) && came <= then.end(0.8, 1, most) ? 1 : 0;
            sum += came - then.expected;
        }
        if (out.origins > 0) out.bias = sum / static_cast<double>(out.origins);
        return out;
    }

    /// Who stood where before move `at`, or after the last.
    [[nodiscard]] course_mix close(std::size_t at) const {
        course_mix out{};
        for (const move& one : months_[std::min(at, months_.size() - 1)])
            ++out[at < months_.size() ? one.from : one.to];
        out[course_outside] = 0;
        return out;
    }

    /// The mean square of a month's number less what was expected of it a month before, in
    /// standard deviations of customers who move each for itself; 1 where it is less.
    [[nodiscard]] double month_factor(std::size_t used, std::size_t least) const {
        const chain all = chain_of(used, every_group);
        double squares = 0;
        int n = 0;
        for (std::size_t m = 0; m + 1 < used; ++m) {
            const double chance = variance(close(m), all, least, 1, 0);
            if (!(chance > 0)) continue;
            const double off =
                figure(close(m + 1), least, false) - figure(after(close(m), all, 1), least, false);
            squares += off * off / chance;
            ++n;
        }
        return n == 0 ? 1 : std::max(1.0, squares / n);
    }

private:
    struct move {
        std::size_t from, to, group;
    };
    struct chain {
        std::array<course_mix, 4> rates{};  ///< shares of who was there, by where they went
        course_mix come{};                  ///< new ones, a month
    };

    static std::size_t place(const book_close& of) {
        if (!of.mrr) return course_outside;
        return of.level == unseen ? course_unseen : static_cast<std::size_t>(of.level);
    }

    /// Arrivals of 19 groups stand for those of 20.
    [[nodiscard]] chain chain_of(std::size_t used, std::size_t without) const {
        chain out;
        for (std::size_t m = 0; m < used; ++m) {
            for (const move& one : months_[m]) {
                if (one.group == without) continue;
                ++(one.from == course_outside ? out.come : out.rates[one.from])[one.to];
            }
        }
        for (std::size_t k = 0; k < 4; ++k) {
            course_mix& from = out.rates[k];
            double all = 0;
            for (const double n : from) all += n;
            if (all == 0) from[k] = all = 1;
            for (double& n : from) n /= all;
            out.come[k] *= (without == every_group ? 1.0 : 20.0 / 19) / static_cast<double>(used);
        }
        out.come[course_outside] = 0;
        return out;
    }

    static course_mix after(course_mix now, const chain& by, int months) {
        for (int m = 0; m < months; ++m) {
            course_mix next = by.come;
            for (std::size_t from = 0; from < 4; ++from) {
                for (std::size_t to = 0; to < 5; ++to) next[to] += now[from] * by.rates[from][to];
            }
            now = next;
        }
        return now;
    }

    static double figure(const course_mix& of, std::size_t least, bool share) {
        double high = 0;
        for (std::size_t k = least; k < course_levels; ++k) high += of[k];
        return share ? high / (of[0] + of[1] + of[2]) : high;
    }

    /// Of Σ y, where y is 1 − s of who stands at the level or above, −s of who stands below and 0
    /// of others: of who is there now by one draw each, of who comes by Poisson's, for which the
    /// variance of a sum is the number times the mean square.
    static double variance(const course_mix& now, const chain& by, std::size_t least, int months,
                           double s) {
        chain closed = by;
        closed.come = {};
        double out = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            course_mix one{};
            one[k] = 1;
            for (int m = 0; m <= months; ++m) {
                const course_mix then = after(one, closed, m);
                double mean = 0, square = 0;
                for (std::size_t to = 0; to < course_levels; ++to) {
                    const double y = (to >= least ? 1.0 : 0.0) - s;
                    mean += then[to] * y;
                    square += then[to] * y * y;
                }
                if (m < months)
                    out += by.come[k] * square;
                else
                    out += now[k] * (square - mean * mean);
            }
        }
        return out;
    }

    std::vector<std::vector<move>> months_;
};

/// Four customers of every group, who move alike in turn: of those at a level, half go to the
/// other one, every month. So rates are ½, no group differs from another, and no month either.
inline std::vector<book_customer> steady_book(std::size_t closes) {
    std::vector<book_customer> out;
    for (std::size_t g = 0; g < 20; ++g) {
        for (std::size_t phase = 0; phase < 4; ++phase) {
            book_customer one;
            one.group = g;
            for (std::size_t t = 0; t < closes; ++t)
                one.closes.push_back(at_level((t + phase) % 4 < 2 ? 0 : 1, 100));
            out.push_back(one);
        }
    }
    return out;
}

}  // namespace aiueo::testing
