// Matching the arguments of a call with the parameters of a native function, and every message for those that don't match.
//
// The wording follows the kind of the function, as users know it: one that takes nothing, one that takes exactly one
// argument, one with positional parameters only ("pop expected at most 1 argument, got 2"), and one with keywords.
#include "object/define.h"
#include "object/suggest.h"

namespace oro {

namespace {

// Parameters that get a word each (*args and **kwargs don't), positional ones first.
struct Parameters {
    std::string_view function;          // as messages name it
    std::size_t count = 0, positional_only = 0, positional_max = 0;
    bool var_positional = false;
    virtual std::string_view name(std::size_t i) const = 0;
    virtual bool required(std::size_t i) const = 0;
};

char const* plural(std::size_t n) { return n == 1 ? "" : "s"; }

std::size_t required_up_to(Parameters const& p, std::size_t limit) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < limit; ++i)
        if (p.required(i)) n = i + 1;
    return n;
}

// "f expected at least 1 argument, got 0"
Result<void> check_positional(Thread& t, std::string_view function, std::size_t least, std::size_t most, bool unlimited, std::size_t n) {
    if (n >= least && (unlimited || n <= most)) return {};
    bool exact = least == most && !unlimited;
    std::size_t wanted = n < least ? least : most;
    return raise(t, exc::TypeError, "{} expected {}{} argument{}, got {}", function,
                 exact ? "" : n < least ? "at least " : "at most ", wanted, plural(wanted), n);
}

Raised unexpected_keyword(Thread& t, Parameters const& p, Str& given) {
    std::string text = wtf8_of(given);
    std::vector<std::string_view> names;
    for (std::size_t i = p.positional_only; i < p.count; ++i) names.push_back(p.name(i));
    std::string_view close = closest_name(text, names);
    if (close.empty()) return raise(t, exc::TypeError, "{}() got an unexpected keyword argument '{}'", p.function, std::string_view(text));
    return raise(t, exc::TypeError, "{}() got an unexpected keyword argument '{}'. Did you mean '{}'?", p.function, std::string_view(text), close);
}

// Where a keyword's value stands among the keywords given, or -1.
std::ptrdiff_t keyword_index(Tuple* names, std::string_view name) {
    for (std::size_t i = 0; names && i < names->size; ++i)
        if (equal(*static_cast<Str*>(names->slots[i].pointer()), name)) return std::ptrdiff_t(i);
    return -1;
}

// Fills out[i] for parameters that take keywords; missing ones stay null.
Result<void> match(Thread& t, Parameters const& p, Value const* args, std::size_t n, Tuple* names, Value* out) {
    std::size_t keywords = names ? names->size : 0;
    std::size_t taken = n < p.positional_max ? n : p.positional_max;
    if (!p.var_positional) {
        if (n + keywords > p.count) {
            return raise(t, exc::TypeError, "{}() takes at most {} {}argument{} ({} given)", p.function, p.count,
                         n == 0 ? "keyword " : "", plural(p.count), n + keywords);
        }
        if (n > p.positional_max) {
            if (p.positional_max == 0) return raise(t, exc::TypeError, "{}() takes no positional arguments", p.function);
            bool exact = required_up_to(p, p.positional_max) == p.positional_max;
            return raise(t, exc::TypeError, "{}() takes {} {} positional argument{} ({} given)", p.function,
                         exact ? "exactly" : "at most", p.positional_max, plural(p.positional_max), n);
        }
    }
    std::size_t least = required_up_to(p, p.positional_only);
    if (n < least) {
        bool exact = least == p.positional_max && !p.var_positional;
        return raise(t, exc::TypeError, "{}() takes {} {} positional argument{} ({} given)", p.function,
                     exact ? "exactly" : "at least", least, plural(least), n);
    }
    for (std::size_t i = 0; i < taken; ++i) out[i] = args[i];
    std::size_t matched = 0;
    for (std::size_t i = taken; i < p.count; ++i) {
        std::ptrdiff_t at = i < p.positional_only ? -1 : keyword_index(names, p.name(i));
        if (at >= 0) {
            out[i] = args[n + std::size_t(at)];
            ++matched;
        } else {
            out[i] = Value{};
            if (p.required(i)) return raise(t, exc::TypeError, "{}() missing required argument '{}' (pos {})", p.function, p.name(i), i + 1);
        }
    }
    if (matched == keywords) return {};
    for (std::size_t i = p.positional_only; i < taken; ++i) {
        if (keyword_index(names, p.name(i)) >= 0)
            return raise(t, exc::TypeError, "argument for {}() given by name ('{}') and position ({})", p.function, p.name(i), i + 1);
    }
    for (std::size_t k = 0; k < keywords; ++k) {
        auto& given = *static_cast<Str*>(names->slots[k].pointer());
        bool known = false;
        for (std::size_t i = p.positional_only; i < p.count && !known; ++i) known = equal(given, p.name(i));
        if (!known) return unexpected_keyword(t, p, given);
    }
    return {};
}

struct TableParameters : Parameters {
    MethodDef const& def;
    Param const* words[kMaxParams];
    explicit TableParameters(MethodDef const& d) : def(d) {
        function = d.name;
        positional_max = d.positional;
        var_positional = d.var_positional;
        for (int i = 0; i < d.param_count; ++i) {
            Param const& p = d.params[i];
            if (p.kind == Param::var_positional || p.kind == Param::var_keyword) continue;
            if (p.kind == Param::positional_only) ++positional_only;
            words[count++] = &p;
        }
    }
    std::string_view name(std::size_t i) const override { return {def.signature + words[i]->offset, words[i]->length}; }
    bool required(std::size_t i) const override { return !words[i]->has_default; }
};

struct ListedParameters : Parameters {
    std::span<char const* const> names;
    std::size_t required_count = 0;
    std::string_view name(std::size_t i) const override { return names[i]; }
    bool required(std::size_t i) const override { return i < required_count; }
};

// "list.append()", "len()", "math.sin()": the name that messages about the bare number of arguments use.
std::string qualified(Native const& callee) {
    std::string name;
    if (callee.home && callee.self && is<Type>(callee.self.value()) && callee.def->kind == MethodKind::class_) {
        name = wtf8_of(*name_of_type(*static_cast<Type*>(callee.self.value().pointer()))) + ".";
    } else if (callee.home) {
        name = wtf8_of(*name_of_type(*callee.home)) + ".";
    } else if (callee.module_name && is<Str>(callee.module_name.value())) {
        name = wtf8_of(*as<Str>(callee.module_name.value()));
        name = name == "builtins" ? "" : name + ".";
    }
    return name + callee.def->name + "()";
}

// A function without keywords: nothing, exactly one, or a range of arguments.
Result<void> check_plain(Thread& t, Native const& callee, std::size_t n) {
    MethodDef const& d = *callee.def;
    if (!d.var_positional && d.positional == 0 && n != 0)
        return raise(t, exc::TypeError, "{} takes no arguments ({} given)", std::string_view(qualified(callee)), n);
    if (!d.var_positional && d.positional == 1 && d.required == 1 && n != 1)
        return raise(t, exc::TypeError, "{} takes exactly one argument ({} given)", std::string_view(qualified(callee)), n);
    return check_positional(t, d.name, d.required, d.positional, d.var_positional, n);
}

// The usual call: arguments by position only, and defaults for the rest. False if it isn't one, or an error.
bool place_positional(MethodDef const& d, Value const* args, std::size_t n, Value* out) {
    if (n > d.positional || n < d.required) return false;
    std::size_t count = 0;
    for (int i = 0; i < d.param_count; ++i) {
        Param const& p = d.params[i];
        if (p.kind == Param::var_positional || p.kind == Param::var_keyword) continue;
        if (count >= n && !p.has_default) return false;
        out[count] = count < n ? args[count] : p.default_value;
        ++count;
    }
    return true;
}

Result<void> place(Thread& t, Native const& callee, Value const* args, std::size_t n, Tuple* names, Value* out) {
    MethodDef const& d = *callee.def;
    TableParameters p(d);
    bool takes_any_keyword = d.param_count > 0 && d.params[d.param_count - 1].kind == Param::var_keyword;
    if (!d.keywords || takes_any_keyword) {
        if (names && names->size && !takes_any_keyword)
            return raise(t, exc::TypeError, "{} takes no keyword arguments", std::string_view(qualified(callee)));
        CHECK(check_plain(t, callee, n));
        for (std::size_t i = 0; i < p.count; ++i) out[i] = i < n ? args[i] : Value{};
    } else {
        CHECK(match(t, p, args, n, names, out));
    }
    for (std::size_t i = 0; i < p.count; ++i)
        if (out[i].is_null()) out[i] = p.words[i]->default_value;
    return {};
}

}  // namespace

bool binding::place_arguments(Python& py, Native const& callee, Value const* args, std::size_t n, Tuple* names, Value* out) {
    if (!names && place_positional(*callee.def, args, n, out)) [[likely]] return true;
    return !place(py, callee, args, n, names, out).raised();
}

Result<void> parse_arguments(Python& py, char const* function, std::span<char const* const> names, std::size_t positional_only,
                             std::size_t positional_max, std::size_t required, Value const* args, std::size_t n, Tuple* keyword_names,
                             Value* out) {
    ListedParameters p;
    p.function = function;
    p.names = names;
    p.count = names.size();
    p.positional_only = positional_only;
    p.positional_max = positional_max;
    p.required_count = required;
    if (positional_only < p.count) return match(py, p, args, n, keyword_names, out);
    if (keyword_names && keyword_names->size) return raise(py, exc::TypeError, "{}() takes no keyword arguments", function);
    CHECK(check_positional(py, function, required, p.count, false, n));
    for (std::size_t i = 0; i < p.count; ++i) out[i] = i < n ? args[i] : Value{};
    return {};
}

}  // namespace oro
