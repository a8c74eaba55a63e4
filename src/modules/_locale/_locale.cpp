// _locale: the C library's locale, which is the process's. Changing it while other threads use it is as unsafe as in C.
#include <clocale>
#include <climits>
#include <cstring>
#include <cwchar>
#include <string>
#include <vector>

#include <langinfo.h>
#include <libintl.h>

#include "base/utf8.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/list.h"

namespace oro::locale {

namespace {

struct LocaleState : ModuleState {
    Fixed<> error;  // locale.Error
    void trace(Visitor& v) override { v(error); }
    void clear() override { error.reset(); }
};

Raised raise_error(Python& py, LocaleState& state, char const* text) {
    Ref<Str> message = TRY(make_str(py, std::string_view(text)));
    Ref<> exception = TRY(call_with(py, *state.error, message));
    return raise_object(py, std::move(exception));
}

// Text in the locale's encoding; what isn't valid in it is taken as Latin-1.
Result<Ref<Str>> text_of(Thread& t, char const* s) {
    std::string_view text = s;
    if (scan_utf8(text).fault == Utf8Fault::none) return make_str(t, text);
    std::vector<std::uint32_t> points;
    std::mbstate_t state{};
    for (std::size_t i = 0; i < text.size();) {
        wchar_t c;
        std::size_t n = std::mbrtowc(&c, s + i, text.size() - i, &state);
        if (n == 0 || n > text.size() - i) return make_str(t, std::span(reinterpret_cast<std::uint8_t const*>(s), text.size()));
        points.push_back(std::uint32_t(c));
        i += n;
    }
    return make_str(t, std::span<std::uint32_t const>(points));
}

Result<std::string> c_string(Thread& t, Borrowed<Str> s) {
    std::string_view text = TRY(utf8_of(t, s));
    if (text.find('\0') != text.npos) return raise(t, exc::ValueError, "embedded null character");
    return std::string(text);
}

Result<Ref<Str>> setlocale(Python& py, LocaleState& state, int category, OrNone<Str> locale) {
    if (category < 0 || category > LC_ALL) return raise(py, exc::ValueError, "invalid locale category");
    char const* result;
    if (locale) {
        std::string name = TRY(c_string(py, *locale));
        result = std::setlocale(category, name.c_str());
        if (!result) return raise_error(py, state, "unsupported locale setting");
    } else {
        result = std::setlocale(category, nullptr);
        if (!result) return raise_error(py, state, "locale query failed");
    }
    return text_of(py, result);
}

Result<Ref<Dict>> localeconv(Python& py) {
    std::lconv const& c = *std::localeconv();
    Ref<Dict> result = TRY(make_dict(py, 18));
    auto set = [&](char const* name, Ref<> value) -> Result<void> {
        Ref<Str> key = TRY(make_str(py, std::string_view(name)));
        return dict_set(py, *result, key, std::move(value));
    };
    auto text = [&](char const* name, char const* value) -> Result<void> {
        Ref<Str> s = TRY(text_of(py, value));
        return set(name, std::move(s));
    };
    auto number = [&](char const* name, char value) { return set(name, Ref<>::immediate(Value::of_int(value))); };
    // Group sizes up to the one that ends or repeats; either end is shown.
    auto grouping = [&](char const* name, char const* sizes) -> Result<void> {
        Ref<List> list = TRY(make_list(py));
        for (char const* p = sizes; *sizes; ++p) {
            CHECK(list_append(py, list, Ref<>::immediate(Value::of_int(*p))));
            if (*p == 0 || *p == CHAR_MAX) break;
        }
        return set(name, std::move(list));
    };
    CHECK(text("decimal_point", c.decimal_point));
    CHECK(text("thousands_sep", c.thousands_sep));
    CHECK(grouping("grouping", c.grouping));
    CHECK(text("int_curr_symbol", c.int_curr_symbol));
    CHECK(text("currency_symbol", c.currency_symbol));
    CHECK(text("mon_decimal_point", c.mon_decimal_point));
    CHECK(text("mon_thousands_sep", c.mon_thousands_sep));
    CHECK(grouping("mon_grouping", c.mon_grouping));
    CHECK(text("positive_sign", c.positive_sign));
    CHECK(text("negative_sign", c.negative_sign));
    CHECK(number("int_frac_digits", c.int_frac_digits));
    CHECK(number("frac_digits", c.frac_digits));
    CHECK(number("p_cs_precedes", c.p_cs_precedes));
    CHECK(number("p_sep_by_space", c.p_sep_by_space));
    CHECK(number("n_cs_precedes", c.n_cs_precedes));
    CHECK(number("n_sep_by_space", c.n_sep_by_space));
    CHECK(number("p_sign_posn", c.p_sign_posn));
    CHECK(number("n_sign_posn", c.n_sign_posn));
    return result;
}

struct Constant {
    char const* name;
    int value;
};
#define C(name) {#name, name}
constexpr Constant kLanginfo[] = {
    C(DAY_1), C(DAY_2), C(DAY_3), C(DAY_4), C(DAY_5), C(DAY_6), C(DAY_7),
    C(ABDAY_1), C(ABDAY_2), C(ABDAY_3), C(ABDAY_4), C(ABDAY_5), C(ABDAY_6), C(ABDAY_7),
    C(MON_1), C(MON_2), C(MON_3), C(MON_4), C(MON_5), C(MON_6), C(MON_7), C(MON_8), C(MON_9), C(MON_10), C(MON_11), C(MON_12),
    C(ABMON_1), C(ABMON_2), C(ABMON_3), C(ABMON_4), C(ABMON_5), C(ABMON_6), C(ABMON_7), C(ABMON_8), C(ABMON_9), C(ABMON_10),
    C(ABMON_11), C(ABMON_12), C(RADIXCHAR), C(THOUSEP), C(YESEXPR), C(NOEXPR), C(CRNCYSTR), C(D_FMT), C(D_T_FMT), C(T_FMT),
    C(AM_STR), C(PM_STR), C(CODESET), C(T_FMT_AMPM), C(ERA), C(ERA_D_FMT), C(ERA_D_T_FMT), C(ERA_T_FMT), C(ALT_DIGITS),
    C(_DATE_FMT)};
constexpr Constant kConstants[] = {C(LC_CTYPE), C(LC_TIME), C(LC_COLLATE), C(LC_MONETARY), C(LC_MESSAGES), C(LC_NUMERIC), C(LC_ALL),
                                   C(CHAR_MAX)};
#undef C

Result<Ref<Str>> langinfo(Python& py, int key) {
    for (Constant const& c : kLanginfo) {
        if (c.value != key) continue;
        char const* text = ::nl_langinfo(key);
        // A list of strings, each with a null character behind it.
        if (key == ALT_DIGITS && *text) {
            StrBuilder out(py);
            for (int i = 0; i < 100 && *text; ++i, text += std::strlen(text) + 1) {
                if (i > 0) out.add(U';');
                Ref<Str> digit = TRY(text_of(py, text));
                out.add(*digit);
            }
            return out.finish();
        }
        return text_of(py, text ? text : "");
    }
    return raise(py, exc::ValueError, "unsupported langinfo constant");
}

Result<std::wstring> wide(Thread& t, Borrowed<Str> s) {
    std::wstring out;
    out.reserve(s->length());
    for (std::size_t i = 0; i < s->length(); ++i) {
        if (s->at(i) == 0) return raise(t, exc::ValueError, "embedded null character");
        out += wchar_t(s->at(i));
    }
    return out;
}

Result<std::int64_t> strcoll(Thread& t, Borrowed<Str> a, Borrowed<Str> b) {
    std::wstring x = TRY(wide(t, a)), y = TRY(wide(t, b));
    return std::int64_t(std::wcscoll(x.c_str(), y.c_str()));
}

Result<Ref<Str>> strxfrm(Python& py, Borrowed<Str> s) {
    std::wstring text = TRY(wide(py, s));
    errno = 0;
    std::size_t n = std::wcsxfrm(nullptr, text.c_str(), 0);
    if (errno != 0 && errno != ERANGE) return raise_errno(py, errno);
    std::wstring out(n + 1, L'\0');
    std::wcsxfrm(out.data(), text.c_str(), n + 1);
    std::vector<std::uint32_t> points(out.begin(), out.begin() + std::ptrdiff_t(n));
    for (std::uint32_t& p : points) {
        if (p > 0x10FFFF) p = 0x10FFFF;
    }
    return make_str(py, std::span<std::uint32_t const>(points));
}

Result<Ref<Str>> getencoding(Thread& t) {
    char const* name = ::nl_langinfo(CODESET);
    return make_str(t, std::string_view(name && *name ? name : "utf-8"));
}

// ---- message catalogs

Result<Ref<Str>> gettext(Python& py, Borrowed<Str> msg) {
    std::string text = TRY(c_string(py, msg));
    return text_of(py, ::gettext(text.c_str()));
}
Result<Ref<Str>> dgettext(Python& py, OrNone<Str> domain, Borrowed<Str> msg) {
    std::string name = domain ? TRY(c_string(py, *domain)) : std::string();
    std::string text = TRY(c_string(py, msg));
    return text_of(py, ::dgettext(domain ? name.c_str() : nullptr, text.c_str()));
}
Result<Ref<Str>> dcgettext(Python& py, OrNone<Str> domain, Borrowed<Str> msg, int category) {
    std::string name = domain ? TRY(c_string(py, *domain)) : std::string();
    std::string text = TRY(c_string(py, msg));
    return text_of(py, ::dcgettext(domain ? name.c_str() : nullptr, text.c_str(), category));
}
Result<Ref<Str>> textdomain(Python& py, OrNone<Str> domain) {
    std::string name = domain ? TRY(c_string(py, *domain)) : std::string();
    char const* result = ::textdomain(domain ? name.c_str() : nullptr);
    if (!result) return raise_errno(py, errno);
    return text_of(py, result);
}
Result<Ref<Str>> bindtextdomain(Python& py, LocaleState& state, Borrowed<Str> domain, OrNone<Str> dir) {
    std::string name = TRY(c_string(py, domain));
    if (name.empty()) return raise_error(py, state, "domain must be a non-empty string");
    std::string path = dir ? TRY(c_string(py, *dir)) : std::string();
    char const* result = ::bindtextdomain(name.c_str(), dir ? path.c_str() : nullptr);
    if (!result) return raise_errno(py, errno);
    return text_of(py, result);
}
Result<Maybe<Str>> bind_textdomain_codeset(Python& py, Borrowed<Str> domain, OrNone<Str> codeset) {
    std::string name = TRY(c_string(py, domain));
    std::string code = codeset ? TRY(c_string(py, *codeset)) : std::string();
    char const* result = ::bind_textdomain_codeset(name.c_str(), codeset ? code.c_str() : nullptr);
    if (!result) return Maybe<Str>();
    Ref<Str> text = TRY(text_of(py, result));
    return Maybe<Str>(std::move(text));
}

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    for (Constant const& c : kLanginfo) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    Ref<Str> name = TRY(make_str(py, std::string_view("Error")));
    Ref<Tuple> bases = TRY(make_tuple_of(py, share(Value::of(&exc::Exception))));
    Ref<Dict> body = TRY(make_dict(py));
    Ref<Str> module_name = TRY(make_str(py, std::string_view("locale")));
    CHECK(dict_set(py, *body, name::dunder_module(), std::move(module_name)));
    Ref<> error = TRY(call_with(py, Borrowed<>(Value::of(&type_type)), name, bases, body));
    static_cast<LocaleState*>(m.state)->error.init(error.share());
    return add_to_module(py, m, "Error", std::move(error));
}

constexpr MethodDef kFunctions[] = {
    function<setlocale>("setlocale", "category, locale=None, /", "Set a category of the locale, or ask for it if locale is None."),
    function<localeconv>("localeconv", "", "The locale's conventions for numbers and money."),
    function<strcoll>("strcoll", "os1, os2, /", "Compare two strings as the locale orders them: negative, 0 or positive."),
    function<strxfrm>("strxfrm", "string, /", "A key whose plain order is the locale's order of strings."),
    function<langinfo>("nl_langinfo", "key, /", "A piece of information about the locale."),
    function<getencoding>("getencoding", "", "The locale's encoding."),
    function<gettext>("gettext", "msg, /", "The translation of a message."),
    function<dgettext>("dgettext", "domain, msg, /", "The translation of a message in a domain."),
    function<dcgettext>("dcgettext", "domain, msg, category, /", "The translation of a message in a domain and category."),
    function<textdomain>("textdomain", "domain, /", "Set the C library's domain, or ask for it if domain is None."),
    function<bindtextdomain>("bindtextdomain", "domain, dir, /", "Bind a domain to a directory."),
    function<bind_textdomain_codeset>("bind_textdomain_codeset", "domain, codeset, /", "Bind a domain to an encoding."),
};

}  // namespace

ORO_MODULE(locale_module, .name = "_locale", .doc = "The C library's locales.", .functions = kFunctions, .setup = setup,
           .state_size = sizeof(LocaleState), .make_state = state_maker<LocaleState>);

}  // namespace oro::locale
