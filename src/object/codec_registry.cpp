#include "object/codec_registry.h"

#include "object/codec_errors.h"
#include "object/dict.h"
#include "object/import.h"
#include "object/list.h"

namespace oro {

namespace {

// Set at start-up; the objects live as long as the process.
struct Registry {
    List* search_path = nullptr;
    Dict* cache = nullptr;            // normalised name -> CodecInfo
    Dict* handlers = nullptr;
};
Registry& registry() {
    static auto* r = new Registry;
    return *r;
}

// As the cache and search functions know it: lower case, and '_' for whatever isn't a letter, a digit or a dot.
std::string normalized(std::string_view name) {
    std::string out;
    bool gap = false;
    for (char c : name) {
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
        if (!plain) {
            gap = true;
            continue;
        }
        if (gap && !out.empty()) out += '_';
        gap = false;
        out += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    }
    return out;
}

template <class T> T* keep(Result<Ref<T>> made) { return static_cast<T*>(std::move(made).release().pointer()); }

// A codec's encoder (0) or decoder (1) called on an object: the first item of the pair it gives.
Result<Ref<>> run_codec(Python& py, Borrowed<Tuple> codec, std::size_t which, Borrowed<> object, std::string_view errors) {
    Value words[3] = {object.value()};
    Maybe<Str> errors_text;
    if (!errors.empty()) {
        errors_text = TRY(make_str(py, errors));
        words[1] = errors_text.value();
    }
    Ref<> answer = TRY(call(py, codec->at(which), std::span<Value const>(words, errors.empty() ? 1 : 2)));
    if (!is<Tuple>(Borrowed<>(answer)) || as<Tuple>(Borrowed<>(answer))->size != 2) {
        return raise(py, exc::TypeError, "{} must return a tuple (object, integer)", which == 0 ? "encoder" : "decoder");
    }
    return as<Tuple>(Borrowed<>(answer))->at(0).share();
}

}  // namespace

void init_codec_registry(Thread& t) {
    Registry& r = registry();
    if (r.cache) return;
    r.search_path = keep(make_list(t));
    r.cache = keep(make_dict(t));
    r.handlers = keep(make_dict(t));
    for (std::string_view name : kBuiltinErrorHandlers) {
        Result<Ref<Native>> handler = make_native_function(t, *builtin_error_handler(name), {}, {});
        (void)dict_set(t, *r.handlers, intern_immortal(t, name), std::move(handler).take());
    }
}

namespace {

// The package `encodings` registers the search function of the library's codecs when it is imported: first of all, and not before
// somebody needs another codec than those written in C++.
Result<void> need_search_functions(Python& py) {
    if (registry().search_path->size() == 0) (void)TRY(import_module(py, "encodings"));
    return {};
}

}  // namespace

Result<void> register_codec(Python& py, Borrowed<> search_function) {
    if (!is_callable(search_function)) return raise(py, exc::TypeError, "argument must be callable");
    CHECK(need_search_functions(py));
    return list_append(py, Borrowed<List>(*registry().search_path), search_function.share());
}

Result<void> unregister_codec(Python& py, Borrowed<> search_function) {
    Registry& r = registry();
    for (std::size_t i = 0; i < r.search_path->size(); ++i) {
        Maybe<> item = list_get(py, *r.search_path, i);
        if (!item || item.value() != search_function.value()) continue;
        dict_clear(py, *r.cache);
        return list_splice(py, Borrowed<List>(*r.search_path), i, i + 1, {});
    }
    return {};
}

Result<Ref<Tuple>> lookup_codec(Python& py, std::string_view encoding) {
    Registry& r = registry();
    if (encoding.find('\0') != encoding.npos) return raise(py, exc::ValueError, "embedded null character");
    Ref<Str> name = intern(py, TRY(make_str(py, normalized(encoding))));
    if (Maybe<> found = dict_get(py, *r.cache, name)) return as<Tuple>(std::move(found).take());
    CHECK(need_search_functions(py));
    if (r.search_path->size() == 0) {
        return raise(py, exc::LookupError, "no codec search functions registered: can't find encoding");
    }
    for (std::size_t i = 0; i < r.search_path->size(); ++i) {
        Maybe<> search = list_get(py, *r.search_path, i);
        if (!search) break;
        Ref<> found = TRY(call_with(py, *search, name));
        if (found.is(kNone)) continue;
        if (!is<Tuple>(Borrowed<>(found)) || as<Tuple>(Borrowed<>(found))->size != 4) {
            return raise(py, exc::TypeError, "codec search functions must return 4-tuples");
        }
        CHECK(dict_set(py, *r.cache, name, found.share()));
        return as<Tuple>(std::move(found));
    }
    return raise(py, exc::LookupError, "unknown encoding: {}", encoding);
}

Result<void> register_error_handler(Python& py, Borrowed<Str> name, Borrowed<> handler) {
    if (!is_callable(handler)) return raise(py, exc::TypeError, "handler must be callable");
    return dict_set(py, *registry().handlers, name, handler.share());
}

Result<bool> unregister_error_handler(Python& py, Borrowed<Str> name) {
    if (builtin_error_handler(wtf8_of(*name.get()))) {
        return raise(py, exc::ValueError, "cannot un-register built-in error handler '{}'", name);
    }
    return bool(dict_pop(py, *registry().handlers, name));
}

Result<Ref<>> lookup_error_handler(Python& py, std::string_view name) {
    Ref<Str> key = TRY(make_str(py, name.empty() ? std::string_view("strict") : name));
    Maybe<> found = dict_get(py, *registry().handlers, key);
    if (!found) return raise(py, exc::LookupError, "unknown error handler name '{}'", name);
    return std::move(found).take();
}

Result<Ref<>> encode_object(Python& py, Borrowed<> object, std::string_view encoding, std::string_view errors) {
    Ref<Tuple> codec = TRY(lookup_codec(py, encoding.empty() ? "utf-8" : encoding));
    return run_codec(py, codec, 0, object, errors);
}

Result<Ref<>> decode_object(Python& py, Borrowed<> object, std::string_view encoding, std::string_view errors) {
    Ref<Tuple> codec = TRY(lookup_codec(py, encoding.empty() ? "utf-8" : encoding));
    return run_codec(py, codec, 1, object, errors);
}

}  // namespace oro
