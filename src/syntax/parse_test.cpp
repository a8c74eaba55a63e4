#include "syntax/parse.h"

#include <gtest/gtest.h>

#include "syntax/dump.h"

namespace oro::syntax {
namespace {

std::string tree_of(std::string_view text, ParseMode mode = ParseMode::exec, bool attributes = false) {
    Arena arena;
    ParseOptions options;
    options.mode = mode;
    ParseResult r = parse(arena, text, options);
    return r ? dump(*r.tree, attributes) : std::string(r.error->message);
}

std::string expression(std::string_view text) {
    std::string whole = tree_of(text, ParseMode::eval);
    return whole.starts_with("Expression(body=") ? whole.substr(16, whole.size() - 17) : whole;
}

// "kind|line|column|end line|end column|message"
std::string error_of(std::string_view text, const ParseOptions& options = {}) {
    Arena arena;
    ParseResult r = parse(arena, text, options);
    if (r) return "ok";
    const SyntaxError& e = *r.error;
    return std::to_string(static_cast<int>(e.kind)) + "|" + std::to_string(e.lineno) + "|" +
           std::to_string(e.offset) + "|" + std::to_string(e.end_lineno) + "|" +
           std::to_string(e.end_offset) + "|" + std::string(e.message);
}

TEST(Parse, Precedence) {
    EXPECT_EQ(
        expression("a + b * c ** -d"),
        "BinOp(left=Name(id='a', ctx=Load()), op=Add(), right=BinOp(left=Name(id='b', ctx=Load()), "
        "op=Mult(), "
        "right=BinOp(left=Name(id='c', ctx=Load()), op=Pow(), right=UnaryOp(op=USub(), operand=Name(id='d', "
        "ctx=Load())))))");
    EXPECT_EQ(expression("not a in b"),
              "UnaryOp(op=Not(), operand=Compare(left=Name(id='a', ctx=Load()), ops=[In()], "
              "comparators=[Name(id='b', "
              "ctx=Load())]))");
}

TEST(Parse, Positions) {
    EXPECT_EQ(
        tree_of("(a).b", ParseMode::eval, true),
        "Expression(body=Attribute(value=Name(id='a', ctx=Load(), lineno=1, col_offset=1, end_lineno=1, "
        "end_col_offset=2), attr='b', ctx=Load(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=5))");
}

TEST(Parse, Constants) {
    EXPECT_EQ(expression("0xFFFFFFFFFFFFFFFFFFFF"), "Constant(value=1208925819614629174706175)");
    EXPECT_EQ(expression("1e400"), "Constant(value=inf)");
    EXPECT_EQ(expression("1_0.5j"), "Constant(value=10.5j)");
    EXPECT_EQ(expression("u'a' 'b\\u00e9'"), "Constant(value='abé', kind='u')");
    EXPECT_EQ(expression("b'\\xff' b'a'"), "Constant(value=b'\\xffa')");
    EXPECT_EQ(expression("'\\ud800'"), "Constant(value='\\ud800')");
    EXPECT_EQ(expression("'\\N{DIGIT ONE}'"), "Constant(value='1')");
}

TEST(Parse, FormatStrings) {
    EXPECT_EQ(expression("f'a{x=}b' 'c'"),
              "JoinedStr(values=[Constant(value='ax='), FormattedValue(value=Name(id='x', ctx=Load()), "
              "conversion=114), Constant(value='bc')])");
    EXPECT_EQ(
        expression("t'{x = }'"),
        "TemplateStr(values=[Constant(value='x = '), Interpolation(value=Name(id='x', ctx=Load()), str='x ', "
        "conversion=114)])");
}

TEST(Parse, WithItems) {
    EXPECT_EQ(tree_of("with (a, b): pass"), tree_of("with a, b: pass"));
    EXPECT_NE(tree_of("with (a, b) as c: pass"), tree_of("with a, b: pass"));
    EXPECT_NE(tree_of("with (a for a in b): pass").find("GeneratorExp"), std::string::npos);
}

TEST(Parse, SoftKeywords) {
    EXPECT_EQ(tree_of("match x:\n case [a, *_] if a: pass").substr(0, 18), "Module(body=[Match");
    EXPECT_EQ(tree_of("match = type = case = _").substr(0, 19), "Module(body=[Assign");
    EXPECT_EQ(tree_of("match(x)").substr(0, 17), "Module(body=[Expr");
    EXPECT_EQ(tree_of("type X[T: int = str, *U, **P] = T").substr(0, 22), "Module(body=[TypeAlias");
}

TEST(Parse, LongChainsNeedNoStack) {
    std::string attributes = "a", elifs = "if a: b\n";
    for (int i = 0; i < 20000; ++i) attributes += ".b", elifs += "elif a: b\n";
    Arena arena;
    EXPECT_TRUE(parse(arena, attributes));
    EXPECT_TRUE(parse(arena, elifs));
    EXPECT_EQ(parse(arena, std::string(200000, '-') + "1").error->kind, ErrorKind::memory_error);
}

TEST(Diagnose, Messages) {
    EXPECT_EQ(error_of("a b"), "0|1|3|1|4|invalid syntax");
    EXPECT_EQ(error_of("f(a b)"), "0|1|3|1|6|invalid syntax. Perhaps you forgot a comma?");
    EXPECT_EQ(error_of("if x\n pass"), "0|1|5|1|6|expected ':'");
    EXPECT_EQ(error_of("if x:\npass"), "1|2|1|2|5|expected an indented block after 'if' statement on line 1");
    EXPECT_EQ(error_of("  x"), "1|1|2|1|-1|unexpected indent");
    EXPECT_EQ(error_of("if x:\n\ta\n        b"),
              "2|3|1|3|0|inconsistent use of tabs and spaces in indentation");
    EXPECT_EQ(error_of("x = (1"), "0|1|5|1|0|'(' was never closed");
    EXPECT_EQ(error_of("f() = 1"),
              "0|1|1|1|4|cannot assign to function call here. Maybe you meant '==' instead of '='?");
    EXPECT_EQ(error_of("(a, 1) = x"), "0|1|5|1|6|cannot assign to literal");
    EXPECT_EQ(error_of("del f()"), "0|1|5|1|8|cannot delete function call");
    EXPECT_EQ(error_of("f(a=1, b)"), "0|1|9|1|10|positional argument follows keyword argument");
    EXPECT_EQ(error_of("f(x for x in y, 1)"), "0|1|3|1|15|Generator expression must be parenthesized");
    EXPECT_EQ(error_of("f'{}'"), "0|1|4|1|5|f-string: valid expression required before '}'");
    EXPECT_EQ(error_of("print 1"),
              "0|1|1|1|8|Missing parentheses in call to 'print'. Did you mean print(...)?");
    EXPECT_EQ(error_of("x y\n)"), "0|2|1|2|1|unmatched ')'");
    EXPECT_EQ(error_of("é = (ü b)"), "0|1|6|1|9|invalid syntax. Perhaps you forgot a comma?");
}

TEST(Diagnose, IncompleteInput) {
    ParseOptions options;
    options.mode = ParseMode::single;
    options.allow_incomplete_input = options.dont_imply_dedent = true;
    EXPECT_EQ(error_of("if x:\n", options).front(), '3');
    EXPECT_EQ(error_of("f(\n", options).front(), '3');
    EXPECT_EQ(error_of("x = '''a\n", options).front(), '3');
    EXPECT_EQ(error_of("a b\n", options).front(), '0');
    EXPECT_EQ(error_of("a\n", options), "ok");
    EXPECT_EQ(error_of("a\nb\n", options),
              "0|1|2|1|3|multiple statements found while compiling a single statement");
}

TEST(Parse, Warnings) {
    Arena arena;
    ParseResult r = parse(arena, "x = '''\n\\d'''\n1or 2");
    ASSERT_EQ(r.warnings.size(), 2u);
    EXPECT_EQ(r.warnings[0].lineno, 2);
    EXPECT_EQ(r.warnings[0].message,
              "\"\\d\" is an invalid escape sequence. Such sequences will not work in the future. Did you "
              "mean \"\\\\d\"? "
              "A raw string is also an option.");
    EXPECT_EQ(r.warnings[1].message, "invalid decimal literal");
}

}  // namespace
}  // namespace oro::syntax
