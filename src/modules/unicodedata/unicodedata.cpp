// unicodedata: the Unicode character database. `ucd_3_2_0` answers from the same, current data under the old version's name: the
// changes since Unicode 3.2 are not kept.
#include "base/unicode.h"
#include "base/unicode_names.h"
#include "base/unicode_normalize.h"
#include "object/chars.h"
#include "object/define.h"

namespace oro::unicodedata {

namespace {

using Text = Borrowed<Str>;

Result<char32_t> character(Thread& t, char const* function, bool numbered, Borrowed<> v) {
    if (!is<Str>(v)) {
        if (numbered) return raise(t, exc::TypeError, "{}() argument 1 must be a unicode character, not {}", function, TypeName{v.value()});
        return raise(t, exc::TypeError, "{}() argument must be a unicode character, not {}", function, TypeName{v.value()});
    }
    Text s = as<Str>(v);
    if (s->length() != 1) {
        return raise(t, exc::TypeError, numbered ? "{}(): argument 1 must be a unicode character, not a string of length {}"
                                                 : "{}(): argument must be a unicode character, not a string of length {}",
                     function, s->length());
    }
    return s->at(0);
}

Result<Ref<>> missing(Thread& t, Optional<> otherwise, char const* complaint) {
    if (otherwise) return (*otherwise).share();
    return raise(t, exc::ValueError, "{}", complaint);
}

Result<Ref<>> decimal(Thread& t, Borrowed<> chr, Optional<> otherwise) {
    int n = unicode::decimal_value(TRY(character(t, "decimal", true, chr)));
    if (n < 0) return missing(t, otherwise, "not a decimal");
    return Ref<>::immediate(Value::of_int(n));
}
Result<Ref<>> digit(Thread& t, Borrowed<> chr, Optional<> otherwise) {
    int n = unicode::digit_value(TRY(character(t, "digit", true, chr)));
    if (n < 0) return missing(t, otherwise, "not a digit");
    return Ref<>::immediate(Value::of_int(n));
}
Result<Ref<>> numeric(Thread& t, Borrowed<> chr, Optional<> otherwise) {
    char32_t c = TRY(character(t, "numeric", true, chr));
    if (!unicode::is_numeric(c)) return missing(t, otherwise, "not a numeric character");
    return make_float(t, unicode::numeric_value(c));
}
Result<Ref<Str>> category(Thread& t, Borrowed<> chr) { return make_str(t, unicode::category(TRY(character(t, "category", false, chr)))); }
Result<Ref<Str>> bidirectional(Thread& t, Borrowed<> chr) {
    return make_str(t, unicode::bidirectional(TRY(character(t, "bidirectional", false, chr))));
}
Result<std::int64_t> combining(Thread& t, Borrowed<> chr) { return unicode::combining(TRY(character(t, "combining", false, chr))); }
Result<std::int64_t> mirrored(Thread& t, Borrowed<> chr) { return unicode::is_mirrored(TRY(character(t, "mirrored", false, chr))); }
Result<Ref<Str>> east_asian_width(Thread& t, Borrowed<> chr) {
    return make_str(t, unicode::east_asian_width(TRY(character(t, "east_asian_width", false, chr))));
}

// The Hangul syllables' decompositions follow from their numbers.
constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr char32_t kVowelCount = 21, kTailCount = 28, kSyllableCount = 19 * kVowelCount * kTailCount;

Result<Ref<Str>> decomposition(Thread& t, Borrowed<> chr) {
    char32_t c = TRY(character(t, "decomposition", false, chr));
    std::string out;
    auto add = [&](char32_t point) {
        char text[16];
        std::snprintf(text, sizeof text, "%s%04X", out.empty() ? "" : " ", unsigned(point));
        out += text;
    };
    if (c - kSyllables < kSyllableCount) {
        char32_t n = c - kSyllables;
        if (n % kTailCount) {
            add(c - n % kTailCount);
            add(kTails + n % kTailCount);
        } else {
            add(kLeads + n / (kVowelCount * kTailCount));
            add(kVowels + n / kTailCount % kVowelCount);
        }
        return make_str(t, std::string_view(out));
    }
    unicode::Decomposition d = unicode::decomposition(c);
    out = d.tag;
    for (char32_t point : d.points) add(point);
    return make_str(t, std::string_view(out));
}

Result<Ref<>> name(Thread& t, Borrowed<> chr, Optional<> otherwise) {
    std::string found = unicode::name(TRY(character(t, "name", true, chr)));
    if (found.empty()) return missing(t, otherwise, "no such name");
    return TRY(make_str(t, std::string_view(found)));
}

Result<Ref<Str>> lookup(Thread& t, std::string_view name) {
    if (name.size() > 256) return raise(t, exc::KeyError, "name too long");
    unicode::Named named = unicode::lookup_name(name, unicode::NamedSequences::allow);
    if (named.count == 0) return raise(t, exc::KeyError, "undefined character name '{}'", name);
    StrBuilder out(t);
    for (std::size_t i = 0; i < named.count; ++i) out.add(named.points[i]);
    return out.finish();
}

Result<unicode::NormalForm> form_of(Thread& t, Text form) {
    using unicode::NormalForm;
    if (equal(*form.get(), "NFC")) return NormalForm::nfc;
    if (equal(*form.get(), "NFD")) return NormalForm::nfd;
    if (equal(*form.get(), "NFKC")) return NormalForm::nfkc;
    if (equal(*form.get(), "NFKD")) return NormalForm::nfkd;
    return raise(t, exc::ValueError, "invalid normalization form");
}

Result<Ref<Str>> normalize(Thread& t, Text form, Text text) {
    unicode::NormalForm wanted = TRY(form_of(t, form));
    bool normal = text->is_ascii() ||
                  visit_chars(*text.get(), [&](auto s) { return unicode::quick_check(wanted, s) == unicode::QuickCheck::yes; });
    if (normal) return substring(t, text, 0, text->length());
    std::u32string made = visit_chars(*text.get(), [&](auto s) { return unicode::normalize(wanted, s); });
    return make_str(t, std::span(reinterpret_cast<std::uint32_t const*>(made.data()), made.size()));
}

Result<bool> is_normalized(Thread& t, Text form, Text text) {
    unicode::NormalForm wanted = TRY(form_of(t, form));
    return text->is_ascii() || visit_chars(*text.get(), [&](auto s) { return unicode::is_normalized(wanted, s); });
}

// The old version's object has the same functions as methods.
extern Type ucd_type;
struct Ucd : Object {
    static Type& type() { return ucd_type; }
};
template <auto F, class Sig> struct AsMethod;
template <auto F, class R, class C, class... P> struct AsMethod<F, R (*)(C&, P...)> {
    static R call(C& t, Borrowed<Ucd>, P... p) { return F(t, p...); }
};
template <auto F> consteval MethodDef method(char const* name, char const* signature, char const* doc) {
    return def<&AsMethod<F, decltype(F)>::call>(name, signature, doc);
}

#define UCD_TABLE(row)                                                                                                      \
    row<decimal>("decimal", "chr, default=<unrepresentable>, /", "The decimal digit's value."),                             \
        row<digit>("digit", "chr, default=<unrepresentable>, /", "The digit's value."),                                     \
        row<numeric>("numeric", "chr, default=<unrepresentable>, /", "The numeric value."),                                 \
        row<category>("category", "chr, /", "The general category."),                                                       \
        row<bidirectional>("bidirectional", "chr, /", "The bidirectional class."),                                          \
        row<combining>("combining", "chr, /", "The canonical combining class."),                                            \
        row<mirrored>("mirrored", "chr, /", "Whether the character is mirrored in bidirectional text."),                    \
        row<east_asian_width>("east_asian_width", "chr, /", "The width in East Asian text."),                               \
        row<decomposition>("decomposition", "chr, /", "The decomposition mapping."),                                        \
        row<unicodedata::name>("name", "chr, default=<unrepresentable>, /", "The character's name."),                       \
        row<lookup>("lookup", "name, /", "The character of that name."),                                                    \
        row<is_normalized>("is_normalized", "form, unistr, /", "Whether the text is in a normal form."),                    \
        row<normalize>("normalize", "form, unistr, /", "The text in a normal form.")

constexpr MethodDef functions[] = {UCD_TABLE(function)};
constexpr MethodDef methods[] = {UCD_TABLE(method)};

Value get_version(Python& py, Value) { return make_str(py, "3.2.0").release(); }
constexpr GetSetDef getsets[] = {{"unidata_version", get_version, nullptr, "The version of the database."}};
constexpr TypeDef ucd_def{.name = "unicodedata.UCD", .size = sizeof(Ucd), .flags = type_flag::disallow_new, .hooks = hooks_of<Ucd>(),
                          .methods = methods, .getsets = getsets};
ORO_TYPE(ucd_type, ucd_def);

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "unidata_version", TRY(make_str(py, unicode::kVersion))));
    CHECK(add_to_module(py, m, "ucd_3_2_0", TRY(make<Ucd>(py, ucd_type))));
    return add_type_to_module(py, m, ucd_type);
}

}  // namespace

ORO_MODULE(unicodedata_module, .name = "unicodedata", .doc = "The Unicode character database.", .functions = functions, .setup = setup);

}  // namespace oro::unicodedata
