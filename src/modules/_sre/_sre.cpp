// _sre: compiled patterns for the standard library's `re`.
#include "modules/_sre/objects.h"
#include "object/list.h"

namespace oro::sre {

namespace {

constexpr std::int64_t kMagic = 20230612;

// ---- scanners

class Executing {
public:
    explicit Executing(Scanner& s) : scanner_(s), entered_(!s.executing.exchange(true, std::memory_order_acquire)) {}
    ~Executing() { if (entered_) scanner_.executing.store(false, std::memory_order_release); }
    Executing(Executing const&) = delete;
    explicit operator bool() const { return entered_; }

private:
    Scanner& scanner_;
    bool entered_;
};

template <Outcome (Matcher::*How)()> Result<Maybe<Match>> scan(Python& py, Borrowed<Scanner> self) {
    Scanner& s = *self.get();
    Executing executing(s);
    if (!executing) return raise(py, exc::ValueError, "regular expression scanner already executing");
    if (s.exhausted) return Maybe<Match>();
    if (!TRY(matched(py, (s.matcher.*How)()))) {
        s.exhausted = true;
        return Maybe<Match>();
    }
    Ref<Match> match = TRY(make_match(py, *s.pattern, s.held.string, s.matcher));
    s.matcher.advance();
    return Maybe<Match>(std::move(match));
}

Value get_pattern(Python&, Value self) { return static_cast<Scanner*>(self.pointer())->pattern.share().release(); }

constexpr MethodDef scanner_methods[] = {
    def<scan<&Matcher::match>>("match", "", "The next match, which has to begin where the last one ended, or None."),
    def<scan<&Matcher::search>>("search", "", "The next match, or None."),
};
constexpr GetSetDef scanner_getsets[] = {{"pattern", get_pattern, nullptr, "The pattern."}};
constexpr TypeDef scanner_def{.name = "_sre.SRE_Scanner", .size = sizeof(Scanner), .flags = type_flag::disallow_new,
                              .hooks = hooks_of<Scanner>(), .methods = scanner_methods, .getsets = scanner_getsets};
constexpr TypeDef template_def{.name = "_sre.SRE_Template", .size = sizeof(Template), .flags = type_flag::disallow_new,
                               .hooks = hooks_of<Template>()};

// ---- the module's functions

Result<Ref<Pattern>> compile(Python& py, Borrowed<> pattern, int flags, Borrowed<List> code, std::int64_t groups, Borrowed<Dict> groupindex,
                             Borrowed<Tuple> indexgroup) {
    if (!pattern.is(kNone) && !is<Str>(pattern) && !has_buffer(py, pattern)) {
        return raise(py, exc::TypeError, "first argument must be string or bytes-like object, got '{}'", TypeName{pattern.value()});
    }
    Ref<Tuple> items = TRY(list_to_tuple(py, code));
    std::vector<Word> words;
    words.reserve(items->size);
    for (Value v : items->items()) {
        if (!is_any_int(v)) return raise(py, exc::TypeError, "an integer is required");
        std::int64_t n = TRY(to_int64(py, Borrowed<>(v), &exc::OverflowError));
        if (n < 0 || n > 0xFFFFFFFF) return raise(py, exc::OverflowError, "regular expression code size limit exceeded");
        words.push_back(Word(n));
    }
    Program program;
    if (groups < 0 || groups > 0x3FFFFFFF) return raise(py, exc::RuntimeError, "invalid SRE code");
    switch (program.build(words, Word(groups))) {
        case BuildError::none: break;
        case BuildError::invalid_code: return raise(py, exc::RuntimeError, "invalid SRE code");
        case BuildError::out_of_memory: return raise_no_memory(py);
    }
    Ref<Dict> names = TRY(dict_copy(py, groupindex));
    return make<Pattern>(py, pattern_type, pattern.share(), std::move(names), indexgroup.share(), std::int64_t(flags), std::move(program));
}

Result<Ref<Template>> make_template(Python& py, Borrowed<Pattern>, Borrowed<List> parts) {
    Ref<Tuple> items = TRY(list_to_tuple(py, parts));
    bool good = items->size % 2 == 1;
    for (std::size_t i = 1; good && i < items->size; i += 2) good = items->slots[i].is_int() && items->slots[i].as_int() >= 0;
    if (!good) return raise(py, exc::TypeError, "invalid template");
    return make<Template>(py, template_type, std::move(items));
}

bool ascii_iscased_(Thread&, int c) { return ascii_iscased(Char(c)); }
bool unicode_iscased_(Thread&, int c) { return unicode_iscased(Char(c)); }
std::int64_t ascii_tolower_(Thread&, int c) { return ascii_tolower(Char(c)); }
std::int64_t unicode_tolower_(Thread&, int c) { return unicode_tolower(Char(c)); }
std::int64_t getcodesize(Thread&) { return sizeof(Word); }

constexpr MethodDef functions[] = {
    function<compile>("compile", "pattern, flags, code, groups, groupindex, indexgroup", "A pattern from the compiler's code words."),
    function<make_template>("template", "pattern, template, /", "A template for sub() from literals and group numbers in turn."),
    function<ascii_iscased_>("ascii_iscased", "character, /", "Whether the character has a case, in ASCII."),
    function<unicode_iscased_>("unicode_iscased", "character, /", "Whether the character has a case."),
    function<ascii_tolower_>("ascii_tolower", "character, /", "The lower case, in ASCII."),
    function<unicode_tolower_>("unicode_tolower", "character, /", "The lower case."),
    function<getcodesize>("getcodesize", "", "The size of a code word in octets."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "MAGIC", TRY(make_int(py, kMagic))));
    CHECK(add_to_module(py, m, "CODESIZE", TRY(make_int(py, std::int64_t(sizeof(Word))))));
    CHECK(add_to_module(py, m, "MAXREPEAT", TRY(make_int(py, std::int64_t(0xFFFFFFFF)))));
    CHECK(add_to_module(py, m, "MAXGROUPS", TRY(make_int(py, std::int64_t(0x3FFFFFFF)))));
    return {};
}

}  // namespace

ORO_TYPE(scanner_type, scanner_def);
ORO_TYPE(template_type, template_def);

Scanner::Scanner(Ref<Pattern> p, Held h, std::int64_t pos, std::int64_t endpos)
    : pattern(std::move(p)), held(std::move(h)), matcher(pattern->program, held.subject, pos, endpos, polling()) {}

ORO_MODULE(sre_module, .name = "_sre", .functions = functions, .setup = setup);

}  // namespace oro::sre
