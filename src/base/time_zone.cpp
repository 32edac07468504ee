// base › time_zone: zones from the system's files. See include/aiueo/base/time_zone.hpp.
#include "aiueo/base/time_zone.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "aiueo/base/utf8.hpp"

namespace aiueo {
namespace {

// The largest zone file there is has some 4 kB; a file beyond this is no zone.
constexpr std::size_t max_zone_bytes = std::size_t{1} << 20;
constexpr std::size_t max_name_bytes = 100;
// RFC 8536 wants offsets within −25:00 and +26:00.
constexpr std::int32_t min_offset = -89999;
constexpr std::int32_t max_offset = 93599;

error not_a_zone(std::string_view name, const std::string& why) {
    return make_error(
        errc::io, "the file of time zone " + quoted(name) + " is not a valid TZif file: " + why);
}

/// Reads POSIX TZ text: "EST5EDT,M3.2.0,M11.1.0", "<+0330>-3:30". Every method is false at the
/// first slip.
class posix_reader {
public:
    explicit posix_reader(std::string_view text) noexcept : rest_(text) {}

    bool read(zone_tail& out) noexcept {
        std::int32_t west = 0;
        if (!skip_name() || !read_time(24, west)) return false;
        out.standard = -west;
        if (rest_.empty()) return true;
        if (!skip_name()) return false;
        out.has_summer = true;
        out.summer = out.standard + 3600;
        if (!rest_.empty() && rest_.front() != ',') {
            if (!read_time(24, west)) return false;
            out.summer = -west;
        }
        return read_rule(out.summer_from) && read_rule(out.summer_to) && rest_.empty();
    }

private:
    bool take(char wanted) noexcept {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool skip_name() noexcept {
        if (take('<')) {
            const std::size_t end = rest_.find('>');
            if (end == std::string_view::npos || end < 3) return false;
            rest_.remove_prefix(end + 1);
            return true;
        }
        std::size_t letters = 0;
        while (letters < rest_.size() && ((rest_[letters] >= 'A' && rest_[letters] <= 'Z') ||
                                          (rest_[letters] >= 'a' && rest_[letters] <= 'z'))) {
            ++letters;
        }
        rest_.remove_prefix(letters);
        return letters >= 3;
    }

    bool read_number(std::int32_t low, std::int32_t high, std::int32_t& out) noexcept {
        std::size_t digits = 0;
        out = 0;
        while (digits < rest_.size() && digits < 4 && rest_[digits] >= '0' &&
               rest_[digits] <= '9') {
            out = out * 10 + (rest_[digits] - '0');
            ++digits;
        }
        rest_.remove_prefix(digits);
        return digits > 0 && out >= low && out <= high;
    }

    /// [+-]h[h[h]][:mm[:ss]] in seconds.
    bool read_time(std::int32_t max_hours, std::int32_t& out) noexcept {
        const bool negative = take('-');
        if (!negative) (void)take('+');
        std::int32_t hours = 0;
        std::int32_t minutes = 0;
        std::int32_t seconds = 0;
        if (!read_number(0, max_hours, hours)) return false;
        if (take(':') &&
            (!read_number(0, 59, minutes) || (take(':') && !read_number(0, 59, seconds))))
            return false;
        out = hours * 3600 + minutes * 60 + seconds;
        if (negative) out = -out;
        return true;
    }

    bool read_rule(zone_rule_date& out) noexcept {
        if (!take(',')) return false;
        if (take('J')) {
            out.how = zone_rule_date::form::julian;
            if (!read_number(1, 365, out.day)) return false;
        } else if (take('M')) {
            out.how = zone_rule_date::form::weekday;
            if (!read_number(1, 12, out.month) || !take('.') || !read_number(1, 5, out.week) ||
                !take('.') || !read_number(0, 6, out.day)) {
                return false;
            }
        } else {
            out.how = zone_rule_date::form::zero_based;
            if (!read_number(0, 365, out.day)) return false;
        }
        out.seconds = 7200;
        return !take('/') || read_time(167, out.seconds);
    }

    std::string_view rest_;
};

struct tzif_header {
    char version = 0;
    std::uint32_t utc_flags = 0;
    std::uint32_t standard_flags = 0;
    std::uint32_t leaps = 0;
    std::uint32_t times = 0;
    std::uint32_t types = 0;
    std::uint32_t chars = 0;

    /// Bytes of the data block that follows, with times of `width` bytes. Counts are 32 bits: no
    /// overflow.
    [[nodiscard]] std::uint64_t block_bytes(std::uint64_t width) const noexcept {
        return times * (width + 1) + std::uint64_t{types} * 6 + chars + leaps * (width + 4) +
               standard_flags + utc_flags;
    }
};

constexpr std::size_t header_bytes = 44;

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t width) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = (value << 8) | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

bool read_header(std::string_view bytes, tzif_header& out) noexcept {
    if (bytes.size() < header_bytes || bytes.substr(0, 4) != "TZif") return false;
    const auto count = [bytes](std::size_t at) {
        return static_cast<std::uint32_t>(big_endian(bytes, at, 4));
    };
    out.version = bytes[4];
    out.utc_flags = count(20);
    out.standard_flags = count(24);
    out.leaps = count(28);
    out.times = count(32);
    out.types = count(36);
    out.chars = count(40);
    return true;
}

/// ±hh:mm.
std::optional<std::int32_t> parse_offset(std::string_view text) noexcept {
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    const std::int32_t hours = detail::fixed_digits(text, 1, 2);
    const std::int32_t minutes = detail::fixed_digits(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const std::int32_t seconds = hours * 3600 + minutes * 60;
    return text[0] == '-' ? -seconds : seconds;
}

/// Letters, digits, '_', '+' and '-' in parts parted by single slashes: no dots, so no way out of
/// the directory.
bool is_zone_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > max_name_bytes) return false;
    bool part_is_empty = true;
    for (const char c : name) {
        if (c == '/') {
            if (part_is_empty) return false;
            part_is_empty = true;
            continue;
        }
        const bool allowed = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
        if (!allowed) return false;
        part_is_empty = false;
    }
    return !part_is_empty;
}

struct file_closer {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
};

/// The file's bytes, or nothing if it is no regular file or too large.
std::optional<std::string> read_zone_file(const std::string& path) {
    std::error_code why;
    if (!std::filesystem::is_regular_file(path, why) || why) return std::nullopt;
    const std::unique_ptr<std::FILE, file_closer> file{std::fopen(path.c_str(), "rb")};
    if (!file) return std::nullopt;
    std::string bytes;
    std::array<char, 4096> part{};
    while (bytes.size() <= max_zone_bytes) {
        const std::size_t got = std::fread(part.data(), 1, part.size(), file.get());
        if (got == 0) break;
        bytes.append(part.data(), got);
    }
    if (std::ferror(file.get()) != 0 || bytes.size() > max_zone_bytes) return std::nullopt;
    return bytes;
}

}  // namespace

result<time_zone> parse_time_zone(std::string_view bytes, std::string_view name) {
    tzif_header first;
    if (!read_header(bytes, first)) return not_a_zone(name, "it does not start with \"TZif\"");
    if (first.version < '2')
        return not_a_zone(name, "version 1 ends in 2037; version 2 or later is needed");
    const std::uint64_t second_at = header_bytes + first.block_bytes(4);
    if (second_at > bytes.size()) return not_a_zone(name, "it is cut short");
    bytes.remove_prefix(static_cast<std::size_t>(second_at));

    tzif_header counts;
    if (!read_header(bytes, counts)) return not_a_zone(name, "its second header is missing");
    const std::uint64_t footer_at = header_bytes + counts.block_bytes(8);
    if (footer_at > bytes.size()) return not_a_zone(name, "it is cut short");
    if (counts.leaps != 0) {
        return make_error(
            errc::unsupported,
            "time zone " + quoted(name) +
                " counts leap seconds; use the zone of the same name without \"right/\"");
    }
    if (counts.types == 0) return not_a_zone(name, "it has no local time type");

    const std::size_t times_at = header_bytes;
    const std::size_t index_at = times_at + std::size_t{counts.times} * 8;
    const std::size_t types_at = index_at + counts.times;
    std::vector<std::int32_t> offsets(counts.types);
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const auto raw = static_cast<std::uint32_t>(big_endian(bytes, types_at + i * 6, 4));
        offsets[i] = static_cast<std::int32_t>(raw);
        if (offsets[i] < min_offset || offsets[i] > max_offset)
            return not_a_zone(name, "an offset is beyond a day");
    }

    time_zone out;
    out.name = std::string{name};
    out.first_offset = offsets[0];
    out.transitions.reserve(counts.times);
    for (std::size_t i = 0; i < counts.times; ++i) {
        const auto at = static_cast<std::int64_t>(big_endian(bytes, times_at + i * 8, 8));
        const std::size_t type = static_cast<std::uint8_t>(bytes[index_at + i]);
        if (type >= offsets.size())
            return not_a_zone(name, "a transition names a type that is not there");
        if (!out.transitions.empty() && at <= out.transitions.back().utc_seconds) {
            return not_a_zone(name, "its transitions are not in ascending order");
        }
        out.transitions.push_back({at, offsets[type]});
    }

    std::string_view footer = bytes.substr(static_cast<std::size_t>(footer_at));
    const std::size_t end = footer.size() < 2 ? std::string_view::npos : footer.find('\n', 1);
    if (end == std::string_view::npos || footer[0] != '\n')
        return not_a_zone(name, "its footer is missing");
    footer = footer.substr(1, end - 1);
    if (!footer.empty()) {
        zone_tail tail;
        if (!posix_reader{footer}.read(tail))
            return not_a_zone(name, "its footer " + quoted(footer) + " is not a rule");
        out.tail = tail;
    }
    return out;
}

result<time_zone> load_time_zone(std::string_view name) {
    constexpr const char* right =
        "use an IANA name such as \"Asia/Tokyo\", \"UTC\", or an offset such as \"+09:00\"";
    if (name == "UTC") return time_zone::utc();
    if (const auto offset = parse_offset(name)) {
        time_zone out = time_zone::fixed(*offset);
        out.name = std::string{name};
        return out;
    }
    if (!is_zone_name(name)) {
        return make_error(errc::invalid_argument,
                          quoted(name) + " is not the name of a time zone; " + right);
    }
    bool any_directory = false;
    for (const std::string_view directory : zone_directories) {
        std::error_code why;
        if (!std::filesystem::is_directory(std::filesystem::path{directory}, why)) continue;
        any_directory = true;
        std::string path{directory};
        path += '/';
        path += name;
        if (const auto bytes = read_zone_file(path)) return parse_time_zone(*bytes, name);
    }
    if (!any_directory) {
        return make_error(errc::not_found,
                          "time zone " + quoted(name) +
                              " cannot be read: this system has no zone files; install tzdata, or "
                              "use \"UTC\" or an offset such as \"+09:00\"");
    }
    return make_error(errc::not_found, "there is no time zone " + quoted(name) + "; " + right);
}

}  // namespace aiueo
