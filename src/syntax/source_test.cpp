#include "syntax/source.h"

#include <gtest/gtest.h>

namespace oro::syntax {
namespace {

using namespace std::string_view_literals;

TEST(Source, DetectsEncodings) {
    EXPECT_EQ(detect_encoding("x = 1").name, "utf-8");
    EXPECT_FALSE(detect_encoding("x = 1").declared);
    EXPECT_TRUE(detect_encoding("\xEF\xBB\xBFx").bom);
    EXPECT_EQ(detect_encoding("# -*- coding: latin-1 -*-\n").name, "iso-8859-1");
    EXPECT_EQ(detect_encoding("#!/bin/python\n# vim: set fileencoding=koi8-r :\n").name, "koi8-r");
    EXPECT_EQ(detect_encoding("x\n# coding: koi8-r\n").name, "utf-8");
    EXPECT_EQ(detect_encoding("\n\n# coding: koi8-r\n").name, "utf-8");
}

TEST(Source, Decodes) {
    Arena arena;
    EXPECT_EQ(decode_source(arena, "# coding: latin-1\nx='\xE9'").text, "# coding: latin-1\nx='é'");
    EXPECT_EQ(decode_source(arena, "\xEF\xBB\xBFx").text, "x");
    DecodedSource other = decode_source(arena, "# coding: koi8-r\n");
    EXPECT_TRUE(other.needs_codec);
    EXPECT_EQ(other.detected.name, "koi8-r");
}

TEST(Source, ReportsFaults) {
    Arena arena;
    const SyntaxError* e = decode_source(arena, "a\nx='\xff'\n"sv).error;
    ASSERT_TRUE(e);
    EXPECT_EQ(e->message, "Non-UTF-8 code starting with '\\xff' on line 2, but no encoding declared; see "
                          "https://peps.python.org/pep-0263/ for details");
    EXPECT_EQ(e->lineno, 2);
    EXPECT_EQ(e->offset, 4);
    e = decode_source(arena, "\xEF\xBB\xBF# coding: latin-1\nx"sv).error;
    ASSERT_TRUE(e);
    EXPECT_EQ(e->message, "encoding problem: iso-8859-1 with BOM");
    e = decode_source(arena, "# coding: ascii\nx='\xff'"sv).error;
    ASSERT_TRUE(e);
    EXPECT_EQ(e->message, "'ascii' codec can't decode byte 0xff in position 19: ordinal not in range(128)");
}

}  // namespace
}  // namespace oro::syntax
