// The compiler: bytecode of small programs as text (tests/text/compiler), errors, warnings, and the verifier
// on all.
//
// A text test is a source, a line of three dashes, and the disassembly. ORO_REBASELINE=1 in the environment
// writes the disassembly anew.
#include "compiler/compile.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bytecode/disassemble.h"
#include "bytecode/verify.h"
#include "compiler/symtable.h"
#include "compiler/unparse.h"
#include "syntax/parse.h"

namespace oro::compiler {
namespace {

struct Compiled {
    Arena arena;
    CompileResult result;
    std::string parse_error;

    explicit Compiled(std::string_view source, CompileOptions options = {},
                      syntax::ParseMode mode = syntax::ParseMode::exec) {
        syntax::ParseOptions parse_options;
        parse_options.mode = mode;
        auto parsed = syntax::parse(arena, source, parse_options);
        if (!parsed)
            parse_error = parsed.error->message;
        else
            result = compile(arena, *parsed.tree, options);
    }
    std::string error() const {
        if (!parse_error.empty()) return "parse: " + parse_error;
        if (!result.error) return "none";
        auto& e = *result.error;
        return std::to_string(e.lineno) + ":" + std::to_string(e.offset) + " " + std::string(e.message);
    }
};

std::string read(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

TEST(Compile, Text) {
    std::filesystem::path folder = "tests/text/compiler";
    ASSERT_TRUE(std::filesystem::exists(folder)) << "to be run in the project's folder";
    int count = 0;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".txt") continue;
        ++count;
        std::string text = read(entry.path());
        std::size_t cut = text.find("\n---\n");
        std::string source = text.substr(0, cut == text.npos ? cut : cut + 1);
        Compiled c(source);
        ASSERT_TRUE(c.result) << entry.path() << ": " << c.error();
        EXPECT_EQ(verify(*c.result.code), "") << entry.path();
        std::string got = disassemble(*c.result.code);
        if (std::getenv("ORO_REBASELINE")) {
            std::ofstream(entry.path(), std::ios::binary) << source << "---\n" << got;
            continue;
        }
        ASSERT_NE(cut, text.npos) << entry.path() << " has no expectation; run with ORO_REBASELINE=1";
        EXPECT_EQ(text.substr(cut + 5), got) << entry.path();
    }
    EXPECT_GT(count, 0);
}

TEST(Compile, Errors) {
    struct {
        char const* source;
        char const* error;
    } cases[] = {
        {"return 1\n", "1:1 'return' outside function"},
        {"break\n", "1:1 'break' outside loop"},
        {"def f():\n  continue\n", "2:3 'continue' not properly in loop"},
        {"def f(a, a): pass\n", "1:10 duplicate argument 'a' in function definition"},
        {"def f():\n  x = 1\n  global x\n", "3:3 name 'x' is assigned to before global declaration"},
        {"def f():\n  nonlocal x\n", "2:3 no binding for nonlocal 'x' found"},
        {"nonlocal x\n", "1:1 nonlocal declaration not allowed at module level"},
        {"def f():\n  from m import *\n", "2:17 import * only allowed at module level"},
        {"def f(): await x\n", "1:10 'await' outside async function"},
        {"[(yield) for x in y]\n", "1:3 'yield' inside list comprehension"},
        {"__debug__ = 1\n", "1:1 cannot assign to __debug__"},
        {"async def f():\n  yield\n  return 1\n", "3:3 'return' with value in async generator"},
        {"from __future__ import braces\n", "1:24 not a chance"},
        {"x\nfrom __future__ import annotations\n",
         "2:1 from __future__ imports must occur at the beginning of the file"},
        {"class C: [x := 1 for y in z]\n",
         "1:11 assignment expression within a comprehension cannot be used in a class body"},
        {"match x:\n  case y: pass\n  case 1: pass\n",
         "2:8 name capture 'y' makes remaining patterns unreachable"},
        {"f(a=1, a=2)\n", "1:8 keyword argument repeated: a"},
    };
    for (auto const& c : cases) EXPECT_EQ(Compiled(c.source).error(), c.error) << c.source;
}

TEST(Compile, Warnings) {
    Compiled c("x is 1\nassert (a, b)\n'a'()\ndef f():\n  try: pass\n  finally: return 1\n");
    ASSERT_TRUE(c.result);
    ASSERT_EQ(c.result.warnings.size(), 4u);
    EXPECT_EQ(c.result.warnings[0].message, "\"is\" with 'int' literal. Did you mean \"==\"?");
    EXPECT_EQ(c.result.warnings[1].message, "assertion is always true, perhaps remove parentheses?");
    EXPECT_EQ(c.result.warnings[2].message, "'str' object is not callable; perhaps you missed a comma?");
    EXPECT_EQ(c.result.warnings[3].message, "'return' in a 'finally' block");
    EXPECT_EQ(c.result.warnings[3].lineno, 6);
}

TEST(Compile, OptimizeLevels) {
    CompileOptions two;
    two.optimize = 2;
    std::string source = "def f():\n  'doc'\n  assert x\n  if __debug__: g()\n";
    Compiled plain(source), bare(source, two);
    ASSERT_TRUE(plain.result && bare.result);
    auto function = [](Compiled const& c) -> CodeUnit const& {
        for (auto const& k : c.result.code->constants)
            if (k.kind == Constant::Kind::code) return *k.code;
        std::abort();
    };
    EXPECT_TRUE(function(plain).flags & CO_HAS_DOCSTRING);
    EXPECT_EQ(function(plain).constants[0].text, "doc");
    EXPECT_FALSE(function(bare).flags & CO_HAS_DOCSTRING);
    EXPECT_EQ(function(bare).code.size(), 3u);  // resume, load_const None, return_value
}

TEST(Compile, TopLevelAwait) {
    EXPECT_EQ(Compiled("await x\n").error(), "1:1 'await' outside function");
    CompileOptions options;
    options.flags = PyCF_ALLOW_TOP_LEVEL_AWAIT;
    Compiled c("await x\n", options);
    ASSERT_TRUE(c.result);
    EXPECT_TRUE(c.result.code->flags & CO_COROUTINE);
    EXPECT_EQ(verify(*c.result.code), "");
}

TEST(Compile, DeepAndLong) {
    auto repeat = [](std::string const& s, int n) {
        std::string out;
        for (int i = 0; i < n; ++i) out += s;
        return out;
    };
    for (std::string tail : {"+a", ".b", "()", "[0]", " and a"})
        EXPECT_TRUE(Compiled("x = a" + repeat(tail, 20'000) + "\n").result) << tail;
    EXPECT_TRUE(Compiled("if a: pass\n" + repeat("elif b: c()\n", 20'000)).result);
    // With little stack, an error record instead of an overflow.
    CompileOptions small;
    small.stack_budget = 20'000;
    Compiled deep("x = " + repeat("-", 1000) + "a\n", small);
    if (deep.parse_error.empty()) {
        ASSERT_TRUE(deep.result.error);
        EXPECT_EQ(deep.result.error->kind, syntax::ErrorKind::recursion_error);
    }
}

TEST(Compile, MoreSitesAndConstantsThanIndexes) {
    std::string source = "def f(x):\n";
    for (int i = 0; i < 70'000; ++i) source += " x.a(" + std::to_string(i) + ".5)\n";
    Compiled c(source);
    ASSERT_TRUE(c.result) << c.error();
    EXPECT_EQ(verify(*c.result.code), "");
    std::string names = "def f(x):\n";
    for (int i = 0; i < 66'000; ++i) names += " x.a" + std::to_string(i) + "\n";
    Compiled too_many(names);
    ASSERT_TRUE(too_many.result.error);
    EXPECT_EQ(too_many.result.error->kind, syntax::ErrorKind::overflow_error);
}

TEST(Unparse, RoundTrip) {
    for (std::string text : {"a + b * c",   "(a + b) * c",
                             "a ** (-b)",   "lambda x, /, y=1, *a, k, **kw: x",
                             "x[1:2, ...]", "[i for i in x if i]",
                             "{a: b, **c}", "f(*a, k=1, **b)",
                             "not a in b",  "a if b else c",
                             "'it''s'",     "1e309",
                             "x.y[0](z)",   "(x for x in y)",
                             "{1, 2}",      "a < b <= c",
                             "(yield)",     "(a := 1)",
                             "1 .real",     "()",
                             "(a,)",        "f'{a!r:>{w}} {{'"}) {
        Arena arena;
        syntax::ParseOptions options;
        options.mode = syntax::ParseMode::eval;
        auto parsed = syntax::parse(arena, text, options);
        ASSERT_TRUE(parsed) << text;
        std::string want = text == "'it''s'" ? "'its'" : text == "not a in b" ? "not a in b" : text;
        EXPECT_EQ(unparse(*syntax::cast<syntax::Expression>(parsed.tree)->body), want);
    }
}

TEST(Symtable, Bindings) {
    Arena arena;
    auto parsed =
        syntax::parse(arena, "def f(a):\n  b = c = 1\n  def g():\n    nonlocal b\n    return a, d\n");
    ASSERT_TRUE(parsed);
    SymbolTable table(arena);
    ASSERT_EQ(build_symbol_table(arena, table, *parsed.tree, {}), nullptr);
    Scope const* f = nullptr;
    for (Scope* child : table.top()->children)
        if (child->name == std::string_view("f")) f = child;
    ASSERT_TRUE(f);
    EXPECT_EQ(f->binding_of(table.intern("a")), Binding::cell);
    EXPECT_EQ(f->binding_of(table.intern("b")), Binding::cell);
    EXPECT_EQ(f->binding_of(table.intern("c")), Binding::local);
    Scope const* g = nullptr;
    for (Scope* child : f->children)
        if (child->name == std::string_view("g")) g = child;
    ASSERT_TRUE(g);
    EXPECT_EQ(g->binding_of(table.intern("b")), Binding::free);
    EXPECT_EQ(g->binding_of(table.intern("d")), Binding::global_implicit);
}

// The verifier itself: a unit that breaks a rule is found.
TEST(Verify, FindsFaults) {
    Compiled c("def f(x):\n  return [x, g(x)]\n");
    ASSERT_TRUE(c.result);
    CodeUnit unit;
    for (auto const& k : c.result.code->constants)
        if (k.kind == Constant::Kind::code) unit = *k.code;
    ASSERT_EQ(verify(unit), "");
    CodeUnit bad = unit;
    bad.registers = 1;
    EXPECT_NE(verify(bad), "");
    bad = unit;
    bad.code.pop_back();
    bad.positions.pop_back();
    EXPECT_NE(verify(bad), "");
    bad = unit;
    for (auto& ins : bad.code)
        if (ins.op() == Opcode::push_null) ins = Instruction::abc(Opcode::nop, 0, 0, 0, 0);
    EXPECT_NE(verify(bad), "");
}

}  // namespace
}  // namespace oro::compiler
