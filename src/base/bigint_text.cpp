// Integers as text and as bytes.
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/bigint.h"
#include "base/bigint_mpz.h"
#include "base/bits.h"

namespace oro {

namespace {

// The value of a digit, or 36 when the character is none.
constexpr unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A' + 10);
    return 36;
}

// Whether all are digits of a base up to ten. Goes through the text without a branch, so that the compiler takes many at a time: a text
// of a million digits is to be refused in no time.
bool all_digits(std::string_view text, int base) {
    bool other = false;
    for (char c : text) other |= static_cast<unsigned char>(c - '0') >= base;
    return !other;
}

constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

}  // namespace

std::string to_text(IntView a, int base) {
    if (a.size <= 1) {
        char buffer[66];
        Limb limb = a.size ? a.limbs[0] : 0;
        char* start = buffer + 1;
        char* end = std::to_chars(start, buffer + sizeof buffer, limb, base).ptr;
        if (a.negative) *--start = '-';
        return std::string(start, end);
    }
    // mpn_get_str destroys its operand unless the base is a power of two, and may write one digit more than
    // the size in that base.
    std::size_t room = mpz_sizeinbase(bigint_detail::BorrowedMpz(a), base) + 2;
    std::string text(room, '\0');
    auto* digits = reinterpret_cast<unsigned char*>(text.data()) + 1;
    BigInt copy;
    const Limb* source = a.limbs;
    if (!is_power_of_two(static_cast<std::uint64_t>(base))) {
        copy = BigInt(a);
        source = copy.view().limbs;
        if (copy.failed()) std::abort();
    }
    std::size_t count = mpn_get_str(digits, base, const_cast<Limb*>(source), static_cast<mp_size_t>(a.size));
    std::size_t zeros = 0;
    while (zeros < count && digits[zeros] == 0) ++zeros;
    for (std::size_t i = zeros; i < count; ++i) digits[i] = static_cast<unsigned char>(kDigits[digits[i]]);
    if (a.negative) digits[static_cast<std::ptrdiff_t>(zeros) - 1] = '-';
    text.resize(count + 1);
    text.erase(0, zeros + !a.negative);
    return text;
}

IntText scan_int(std::string_view text, int base) {
    IntText result;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        result.negative = text[0] == '-';
        text.remove_prefix(1);
    }
    bool only_zeros = false;
    bool prefixed = false;
    if (text.size() >= 2 && text[0] == '0') {
        char mark = static_cast<char>(text[1] | 0x20);
        int found = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
        if (found && (base == 0 || base == found)) {
            base = found;
            prefixed = true;
            text.remove_prefix(2);
        }
    }
    if (base == 0) {
        base = 10;
        only_zeros = !text.empty() && text[0] == '0';
    }
    result.base = base;
    result.digits = text;
    if (base <= 10 && !only_zeros && all_digits(text, base)) {
        result.count = text.size();
        result.valid = !text.empty();
        return result;
    }
    // An underscore may follow a prefix; elsewhere it stands between two digits.
    bool may_underscore = prefixed;
    for (char c : text) {
        if (c == '_') {
            if (!may_underscore) return result;
            may_underscore = false;
            continue;
        }
        unsigned digit = digit_value(c);
        if (digit >= static_cast<unsigned>(base) || (only_zeros && digit != 0)) return result;
        ++result.count;
        may_underscore = true;
    }
    result.valid = result.count != 0 && text.back() != '_';
    return result;
}

BigInt from_digits(std::string_view digits, int base) {
    // Nineteen decimal digits, twelve in base 36, always fit a word.
    if (digits.size() <= 12 || (base <= 10 && digits.size() <= 19)) {
        Limb value = 0;
        for (char c : digits) {
            if (c != '_') value = value * static_cast<Limb>(base) + digit_value(c);
        }
        return BigInt::from_unsigned(value);
    }
    std::string values;
    values.reserve(digits.size());
    for (char c : digits) {
        if (c == '_' || (c == '0' && values.empty())) continue;
        values.push_back(static_cast<char>(digit_value(c)));
    }
    if (values.empty()) return BigInt();
    std::size_t bits_per_digit = static_cast<std::size_t>(bit_width(static_cast<std::uint64_t>(base - 1)));
    BigInt result;
    Limb* to = result.prepare(values.size() / kLimbBits * bits_per_digit +
                              values.size() % kLimbBits * bits_per_digit / kLimbBits + 2);
    if (!to) return result;
    mp_size_t size =
        mpn_set_str(to, reinterpret_cast<const unsigned char*>(values.data()), values.size(), base);
    result.finish(static_cast<std::size_t>(size), false);
    return result;
}

ToBytes to_bytes(IntView a, std::span<std::uint8_t> out, Endian endian, Signedness signedness) {
    if (a.negative && signedness == Signedness::is_unsigned) return ToBytes::negative_to_unsigned;
    std::uint64_t needed = bit_length(a);
    if (signedness == Signedness::is_signed) {
        // The sign takes a bit, except that -2**k just fits k+1 bits with it.
        bool power = a.negative && trailing_zeros(a) + 1 == needed;
        if (a.size && !power) ++needed;
    }
    if ((needed + 7) / 8 > out.size()) return ToBytes::too_big;
    Limb carry = 1;
    for (std::size_t i = 0; i * 8 < out.size(); ++i) {
        Limb limb = i < a.size ? a.limbs[i] : 0;
        if (a.negative) {
            limb = ~limb + carry;
            carry &= limb == 0;
        }
        for (std::size_t k = 0; k < 8 && i * 8 + k < out.size(); ++k) {
            std::size_t at = i * 8 + k;
            out[endian == Endian::little ? at : out.size() - 1 - at] =
                static_cast<std::uint8_t>(limb >> 8 * k);
        }
    }
    return ToBytes::done;
}

BigInt from_bytes(std::span<const std::uint8_t> bytes, Endian endian, Signedness signedness) {
    BigInt result;
    if (bytes.empty()) return result;
    std::uint8_t top = endian == Endian::little ? bytes.back() : bytes.front();
    bool negative = signedness == Signedness::is_signed && (top & 0x80);
    std::size_t size = bytes.size() / 8 + 1;
    Limb* to = result.prepare(size);
    if (!to) return result;
    Limb carry = 1;
    for (std::size_t i = 0; i < size; ++i) {
        Limb limb = negative ? ~Limb{0} : 0;
        for (std::size_t k = 0; k < 8 && i * 8 + k < bytes.size(); ++k) {
            std::size_t at = i * 8 + k;
            Limb byte = bytes[endian == Endian::little ? at : bytes.size() - 1 - at];
            limb = (limb & ~(Limb{0xFF} << 8 * k)) | byte << 8 * k;
        }
        if (negative) {
            limb = ~limb + carry;
            carry &= limb == 0;
        }
        to[i] = limb;
    }
    result.finish(size, negative);
    return result;
}

}  // namespace oro
