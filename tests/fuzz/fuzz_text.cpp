// Any bytes as a column of texts, in every layout, read as every metric: an error or a value for
// each row, and the same from each layout.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/table/customers.hpp"
#include "aiueo/table/duplicates.hpp"
#include "aiueo/table/text.hpp"

namespace {

using namespace aiueo;

void require(bool holds) {
    if (!holds) std::abort();
}

struct texts {
    std::vector<std::int32_t> narrow{0};
    std::vector<std::int64_t> wide{0};
    std::vector<std::uint16_t> indices;
    std::string_view bytes;
};

bool same(const owned_column& a, const owned_column& b) {
    if (a.numbers.size() != b.numbers.size()) return false;
    for (std::size_t i = 0; i < a.numbers.size(); ++i) {
        if (std::isnan(a.numbers[i]) != std::isnan(b.numbers[i])) return false;
        if (!std::isnan(a.numbers[i]) && a.numbers[i] != b.numbers[i]) return false;
    }
    return a.minor == b.minor && a.days == b.days && a.codes == b.codes && a.flags == b.flags &&
           a.validity == b.validity && a.invalid == b.invalid && a.invalid_count == b.invalid_count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto wanted = static_cast<metric_type>(data[0] % 5);
    const std::uint8_t how = data[1];
    texts table;
    // The separators stay in: a text is what lies between two of them, and they are not read.
    table.bytes = {reinterpret_cast<const char*>(data + 2), size - 2};
    std::vector<char> characters;
    for (std::size_t at = 0; at <= table.bytes.size() && table.indices.size() < 65535;) {
        const std::size_t end = std::min(table.bytes.find('\n', at), table.bytes.size());
        characters.insert(characters.end(), table.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                          table.bytes.begin() + static_cast<std::ptrdiff_t>(end));
        table.narrow.push_back(static_cast<std::int32_t>(characters.size()));
        table.wide.push_back(static_cast<std::int64_t>(characters.size()));
        table.indices.push_back(static_cast<std::uint16_t>(table.indices.size()));
        at = end + 1;
    }
    characters.shrink_to_fit();

    column_view plain;
    plain.type = column_type::text32;
    plain.length = static_cast<std::int64_t>(table.indices.size());
    plain.offsets = table.narrow.data();
    plain.bytes = characters.data();
    column_view wide = plain;
    wide.type = column_type::text64;
    wide.offsets = table.wide.data();
    column_view coded = plain;
    coded.type = column_type::dictionary;
    coded.index_type = column_type::uint16;
    coded.values = table.indices.data();
    coded.dictionary = &plain;

    const time_zone zone = time_zone::fixed((how % 48 - 24) * 1800);
    constexpr std::string_view null_texts[] = {"NA", "None"};
    text_options options;
    options.table = "snapshots";
    options.column = "x";
    options.null_texts = null_texts;
    options.zone = &zone;
    options.minor_digits = how % 5;
    options.max_bytes = how >= 128 ? 8 : 4096;

    owned_column first;
    dictionary first_words;
    const status done = convert_text(plain, wanted, options, first, &first_words);
    for (const column_view& other : {wide, coded}) {
        owned_column second;
        dictionary second_words;
        const status again = convert_text(other, wanted, options, second, &second_words);
        require(done.ok() == again.ok());
        if (done) {
            require(same(first, second) && first_words.texts() == second_words.texts());
        } else {
            require(done.error().to_string() == again.error().to_string());
            require(done.error().where.row >= 0 && is_utf8(done.error().to_string()));
        }
    }

    const auto keys = customer_keys::make(plain, "snapshots");
    require(keys.ok());
    (void)keys->check(0, keys->size());
    duplicate_finder finder{"snapshots", 1000};
    key_buffer buffer;
    for (std::int64_t row = 0; row < keys->size(); ++row) {
        const auto key = keys->key_at(row, buffer);
        if (!key) continue;
        const bool fresh = finder.add(*key, how).ok();
        require(fresh == (keys->find(*key) == row) || row > 500);
        if (row > 500) break;  // find() reads from the start each time
    }
    return 0;
}
