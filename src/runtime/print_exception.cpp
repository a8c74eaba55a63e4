// The fallback display of exceptions. Every step that fails is left out or replaced by a mark: nothing is raised.
#include "runtime/print_exception.h"

#include <unistd.h>

#include <cstdio>
#include <vector>

#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/str.h"
#include "object/traceback.h"

namespace oro {

namespace {

constexpr std::size_t kMaxGroupWidth = 15, kMaxGroupDepth = 10;
constexpr int kMaxRepeats = 3;   // entries of the same place that are shown

std::string text_or(Python& py, Result<Ref<Str>> r, std::string_view otherwise) {
    if (!r.raised()) return wtf8_of(*std::move(r).take());
    clear_raised(py);
    return std::string(otherwise);
}

// An attribute by name; null if it is missing or fails.
Maybe<> attribute(Python& py, Borrowed<> object, std::string_view name) {
    auto get = [&]() -> Result<Maybe<>> {
        Ref<Str> n = intern(py, TRY(make_str(py, name)));
        return find_attribute(py, object, n);
    };
    Result<Maybe<>> r = get();
    if (!r.raised()) return std::move(r).take();
    clear_raised(py);
    return {};
}

class Display {
public:
    explicit Display(Python& py) : py_(py) {}

    void show(Borrowed<> exception, bool chain = true) {
        if (check_native_stack(py_).raised()) {
            clear_raised(py_);
            return;
        }
        seen_.push_back(exception.value());
        BaseException& e = exception_of(exception.value());
        if (chain) show_chain(e);
        if (is_group(exception)) show_group(exception);
        else show_one(exception);
    }

    std::string take() { return std::move(out_); }

private:
    static bool is_group(Borrowed<> v) { return is<ExceptionGroup>(v); }

    bool is_seen(Value v) const {
        for (Value s : seen_) if (s == v) return true;
        return false;
    }

    void show_chain(BaseException& e) {
        Maybe<> cause = e.cause.load(&e), context = e.context.load(&e);
        if (cause && is_exception(*cause)) {
            if (is_seen(cause.value())) return;
            show(*cause);
            line("");
            line("The above exception was the direct cause of the following exception:");
            line("");
        } else if (context && is_exception(*context) && !e.suppress_context.load() && !is_seen(context.value())) {
            show(*context);
            line("");
            line("During handling of the above exception, another exception occurred:");
            line("");
        }
    }

    // Every line of a group's parts is indented and has a bar in front.
    void line(std::string const& text) {
        out_.append(2 * depth_, ' ');
        if (depth_) out_ += "| ";
        out_ += text;
        out_ += '\n';
    }
    void lines(std::string_view text) {
        while (true) {
            std::size_t end = text.find('\n');
            line(std::string(text.substr(0, end)));
            if (end == text.npos) return;
            text.remove_prefix(end + 1);
        }
    }

    void show_one(Borrowed<> exception) {
        show_traceback(exception, "Traceback (most recent call last):");
        show_end(exception);
    }

    void show_traceback(Borrowed<> exception, char const* header) {
        BaseException& e = exception_of(exception.value());
        Maybe<> tb = e.traceback.load(&e);
        if (!tb || !is<Traceback>(*tb)) return;
        if (header) line(header);
        std::int64_t limit = 1000;
        if (Maybe<> l = sys_get(py_, name::tracebacklimit()); l && is_any_int(l.value())) {
            Value n = l.value().is_bool() ? Value::of_int(l.value() == kTrue) : int_number(l.value());
            limit = n.is_int() ? n.as_int() : limit;
        }
        std::vector<Ref<Traceback>> entries;
        for (Maybe<Traceback> at = as<Traceback>(*tb).share(); at && entries.size() < 100000;) {
            Maybe<Traceback> next = (*at).get()->next.load((*at).get());
            entries.push_back(std::move(at).take());
            at = std::move(next);
        }
        if (limit <= 0) return;
        std::size_t first = entries.size() > std::size_t(limit) ? entries.size() - std::size_t(limit) : 0;
        std::string last;
        int repeats = 0;
        for (std::size_t i = first; i < entries.size(); ++i) {
            std::string place = place_of(*entries[i]);
            repeats = place == last ? repeats + 1 : 1;
            if (place != last && previous_repeats_ > kMaxRepeats) say_repeated(previous_repeats_);
            if (repeats <= kMaxRepeats) {
                line(place);
                show_source(*entries[i]);
            }
            last = std::move(place);
            previous_repeats_ = repeats;
        }
        if (previous_repeats_ > kMaxRepeats) say_repeated(previous_repeats_);
        previous_repeats_ = 0;
    }

    void say_repeated(int times) {
        int more = times - kMaxRepeats;
        line("  [Previous line repeated " + std::to_string(more) + (more == 1 ? " more time]" : " more times]"));
    }

    std::string code_attribute(Traceback& tb, std::string_view name) {
        Maybe<> code = attribute(py_, *tb.frame, "f_code");
        Maybe<> v = code ? attribute(py_, *code, name) : Maybe<>();
        return v && is<Str>(*v) ? wtf8_of(*as<Str>(*v).get()) : std::string("<unknown>");
    }
    std::string place_of(Traceback& tb) {
        return "  File \"" + code_attribute(tb, "co_filename") + "\", line " + std::to_string(traceback_line(py_, tb)) + ", in " +
               code_attribute(tb, "co_name");
    }
    void show_source(Traceback& tb) {
        std::string text = source_line(code_attribute(tb, "co_filename"), traceback_line(py_, tb));
        if (!text.empty()) line("    " + text);
    }

    // SyntaxError: the place in the source that it is about.
    void show_syntax_place(SyntaxError& e) {
        auto number = [&](Member<>& m) -> std::int64_t {
            Maybe<> v = m.load(&e);
            return v && v.value().is_int() ? v.value().as_int() : -1;
        };
        std::int64_t lineno = number(e.lineno), offset = number(e.offset), end_line = number(e.end_lineno), end = number(e.end_offset);
        Maybe<> filename = e.filename.load(&e), text = e.text.load(&e);
        std::string file = filename && is<Str>(*filename) ? wtf8_of(*as<Str>(*filename).get()) : "<string>";
        if (lineno < 0 && !(filename && is<Str>(*filename))) return;
        line("  File \"" + file + "\"" + (lineno >= 0 ? ", line " + std::to_string(lineno) : ""));
        if (!text || !is<Str>(*text)) return;
        Str& source = *as<Str>(*text).get();
        std::size_t begin = 0, length = source.length();
        while (length && (source.at(length - 1) == U'\n' || source.at(length - 1) == U'\r')) --length;
        while (begin < length && (source.at(begin) == U' ' || source.at(begin) == U'\t' || source.at(begin) == U'\f')) ++begin;
        Result<Ref<Str>> shown = substring(py_, Borrowed<Str>(source), begin, length);
        line("    " + text_or(py_, std::move(shown), ""));
        if (offset < 1) return;
        std::int64_t start = std::max<std::int64_t>(offset - 1 - std::int64_t(begin), 0);
        std::int64_t stop = end_line > lineno ? std::int64_t(length - begin) : end > 0 ? end - 1 - std::int64_t(begin) : start + 1;
        std::string mark(4, ' ');
        for (std::int64_t i = 0; i < start; ++i) {
            std::size_t at = begin + std::size_t(i);
            mark += at < length && source.at(at) == U'\t' ? '\t' : ' ';
        }
        mark.append(std::size_t(std::max<std::int64_t>(stop - start, 1)), '^');
        line(mark);
    }

    std::string type_name(Borrowed<> exception) {
        Type& type = type_of(exception);
        Maybe<Str> qualname = type.qualname.load(&type);
        std::string name = qualname ? wtf8_of(*(*qualname).get()) : std::string("<unknown>");
        Maybe<> module = attribute(py_, Borrowed<>(Value::of(&type)), "__module__");
        if (!module || !is<Str>(*module)) return type.def ? name : "<unknown>." + name;
        std::string from = wtf8_of(*as<Str>(*module).get());
        return from == "builtins" || from == "__main__" ? name : from + "." + name;
    }

    // "Type: message" and the notes.
    void show_end(Borrowed<> exception) {
        std::string name = type_name(exception), message;
        bool syntax = is<SyntaxError>(exception) && attribute(py_, exception, "print_file_and_line");
        if (syntax) {
            auto& e = static_cast<SyntaxError&>(exception_of(exception.value()));
            show_syntax_place(e);
            Maybe<> msg = e.msg.load(&e);
            message = msg ? text_or(py_, str(py_, *msg), "<exception str() failed>") : "<no detail available>";
        } else {
            message = text_or(py_, str(py_, exception), "<exception str() failed>");
        }
        lines(message.empty() ? name : name + ": " + message);
        Maybe<> notes = attribute(py_, exception, "__notes__");
        if (!notes || notes.value() == kNone) return;
        if (!type_of(*notes).has(type_flag::list | type_flag::tuple)) {
            lines(text_or(py_, repr(py_, *notes), "<__notes__ repr() failed>"));
            return;
        }
        Result<Ref<Tuple>> all = tuple_from(py_, *notes);
        if (all.raised()) return clear_raised(py_);
        Ref<Tuple> items = std::move(all).take();
        for (Value note : items->items()) lines(text_or(py_, str(py_, Borrowed<>(note)), "<note str() failed>"));
    }

    void show_group(Borrowed<> exception) {
        auto& group = static_cast<ExceptionGroup&>(exception_of(exception.value()));
        if (depth_ > kMaxGroupDepth) {
            line("... (max_group_depth is " + std::to_string(kMaxGroupDepth) + ")");
            return;
        }
        bool outermost = depth_ == 0;
        if (outermost) {
            ++depth_;
            if (group.traceback.load(&group)) out_ += "  + Exception Group Traceback (most recent call last):\n";
            show_traceback(exception, nullptr);
        } else {
            show_traceback(exception, "Exception Group Traceback (most recent call last):");
        }
        show_end(exception);
        std::size_t n = group.exceptions->size, shown = std::min(n, kMaxGroupWidth);
        for (std::size_t i = 0; i < shown + (n > shown); ++i) {
            std::string title = i < shown ? std::to_string(i + 1) : "...";
            out_.append(2 * depth_, ' ');
            out_ += i == 0 ? "+-+---------------- " : "  +---------------- ";
            out_ += title + " ----------------\n";
            ++depth_;
            if (i < shown) show(group.exceptions->at(i));
            else line("and " + std::to_string(n - shown) + (n - shown == 1 ? " more exception" : " more exceptions"));
            if (i + 1 == shown + (n > shown) && !closed_) {
                out_.append(2 * depth_, ' ');
                out_ += "+------------------------------------\n";
                closed_ = true;
            }
            --depth_;
        }
        closed_ = false;
        if (outermost) --depth_;
        else closed_ = true;  // the inner group's rule closes the outer one's last part too
    }

    Python& py_;
    std::string out_;
    std::vector<Value> seen_;            // borrowed: all hang on the exception that is shown
    std::size_t depth_ = 0;
    int previous_repeats_ = 0;
    bool closed_ = false;
};

// Lets the standard library show it; false if that failed.
bool display_by_traceback_module(Python& py, Borrowed<> exception) {
    if (!the_interpreter || !the_interpreter->builtins_dict || the_interpreter->finalizing.load()) return false;
    auto run = [&]() -> Result<void> {
        Maybe<> import = dict_get(py, **the_interpreter->builtins_dict, name::dunder_import());
        if (!import) return raise(py, exc::ImportError, "__import__ not found");
        Ref<Str> name = TRY(make_str(py, std::string_view("traceback")));
        Ref<> module = TRY(call_with(py, *import, name));
        Ref<Str> function = intern(py, TRY(make_str(py, std::string_view("_print_exception_bltin"))));
        Ref<> print = TRY(get_attribute(py, module, function));
        (void)TRY(call_with(py, print, exception));
        return {};
    };
    if (!run().raised()) return true;
    clear_raised(py);
    return false;
}

}  // namespace

std::string source_line(std::string const& path, std::int64_t line) {
    std::FILE* f = std::fopen(path.c_str(), "re");
    if (!f) return {};
    std::string text;
    std::int64_t at = 1;
    for (int c; at <= line && (c = std::getc(f)) != EOF;) {
        if (c == '\n') ++at;
        else if (at == line) text.push_back(char(c));
    }
    std::fclose(f);
    std::size_t begin = text.find_first_not_of(" \t\f"), end = text.find_last_not_of(" \t\f\r");
    return begin == text.npos ? std::string() : text.substr(begin, end - begin + 1);
}

std::string exception_text(Python& py, Borrowed<> exception) {
    Display display(py);
    display.show(exception);
    return display.take();
}

void write_to_stderr(Python& py, std::string_view text) {
    Maybe<> file = the_interpreter && the_interpreter->sys_dict ? sys_get(py, name::stderr_()) : Maybe<>();
    if (file && file.value() != kNone) {
        auto run = [&]() -> Result<void> {
            Ref<Str> s = TRY(make_str(py, text));
            (void)TRY(call_method_with(py, *file, name::write(), s));
            (void)TRY(call_method(py, *file, name::flush(), {}));
            return {};
        };
        if (!run().raised()) return;
        clear_raised(py);
    }
    while (!text.empty()) {
        ssize_t n = ::write(2, text.data(), text.size());
        if (n <= 0) return;
        text.remove_prefix(std::size_t(n));
    }
}

void display_exception(Python& py, Borrowed<> exception) {
    if (!is_exception(exception)) {
        write_to_stderr(py, "TypeError: print_exception(): Exception expected for value, " + std::string(type_of(exception).def ? type_of(exception).def->name : "object") + " found\n");
        return;
    }
    if (display_by_traceback_module(py, exception)) return;
    write_to_stderr(py, exception_text(py, exception));
}

void display_unraisable(Python& py, Borrowed<> exception, Optional<> message, Optional<> object) {
    if (message.value() == kNone) message = {};
    if (object.value() == kNone) object = {};
    std::string head = message ? text_or(py, str(py, *message), "<message str() failed>") : object ? "Exception ignored in" : "Exception ignored";
    if (object) head += ": " + text_or(py, repr(py, *object), "<object repr() failed>");
    else head += ":";
    write_to_stderr(py, head + "\n");
    // In plain form, without a module's help: that may be what failed.
    if (is_exception(exception)) write_to_stderr(py, exception_text(py, exception));
    else display_exception(py, exception);
}

}  // namespace oro
