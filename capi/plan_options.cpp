// capi › plan_options: see plan_options.hpp.
#include "plan_options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guard.hpp"

namespace aiueo::capi {
namespace {

/// A limit that was given, if it is none beyond `most`; 0 leaves what there is.
status read_limit(std::uint32_t given, std::uint32_t most, const char* name, const char* what,
                  std::uint32_t& out) {
    if (given > most) {
        return invalid(std::string{name} + " is " + std::to_string(given) + "; at most " +
                       std::to_string(most) + " " + what + " are read");
    }
    if (given != 0) out = given;
    return {};
}

status read_limits_of(const aiueo_plan_options& options, read_limits& out) {
    expression_limits& conditions = out.conditions;
    if (options.max_bytes > static_cast<std::uint64_t>(PTRDIFF_MAX)) {
        return invalid("max_bytes is more than any memory has");
    }
    if (options.max_bytes != 0) out.bytes = static_cast<std::size_t>(options.max_bytes);
    if (options.max_nodes != 0) out.nodes = options.max_nodes;
    if (status ok = read_limit(options.max_depth, read_limits::most_depth, "max_depth", "levels",
                               out.depth);
        !ok)
        return ok;
    if (options.max_condition_bytes != 0) conditions.bytes = options.max_condition_bytes;
    if (status ok = read_limit(options.max_condition_parts, read_limits::most_condition_parts,
                               "max_condition_parts", "parts", conditions.nodes);
        !ok)
        return ok;
    return read_limit(options.max_condition_depth, read_limits::most_condition_depth,
                      "max_condition_depth", "levels", conditions.depth);
}

}  // namespace

status read_plan_options(const aiueo_plan_options* given, aiueo_plan_options& out,
                         aiueo::read_options& reading) {
    std::string_view file;
    if (status ok = read_options(given, "aiueo_plan_options", out); !ok) return ok;
    if (out.reserved != 0 || out.reserved_too != 0) {
        return make_error(errc::unsupported, "reserved of aiueo_plan_options is not 0");
    }
    if (status ok = read_text(out.file, out.file_length, "file", file); !ok) return ok;
    if (status ok = read_limits_of(out, reading.limits); !ok) return ok;
    if (!file.empty()) reading.file = file;
    return {};
}

}  // namespace aiueo::capi
