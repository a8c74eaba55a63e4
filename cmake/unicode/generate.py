"""Writes the tables declared in src/base/unicode_tables.h: generate.py UCD_FOLDER OUTPUT_FOLDER.

Each code point maps through two stages of indices to one of some hundred records, and through two others to its
decomposition. Names are sequences of numbers of words.
"""
import pathlib
import sys
from fractions import Fraction

import names
from database import MAX, Database

SHIFT = 7  # kUnicodeBlockShift

CATEGORIES = "Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So".split()
BIDI = ["", *"L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI".split()]
WIDTHS = "N F H W Na A".split()
QUICK = {"NFC": 0, "NFD": 2, "NFKC": 4, "NFKD": 6}  # bit positions, two bits each: 0 yes, 1 no, 2 maybe
FLAGS = ("alpha decimal digit numeric lower upper title space printable line_break xid_start xid_continue cased "
         "case_ignorable mirrored").split()
LETTERS = ("Lu", "Ll", "Lt", "Lm", "Lo")
UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


class Output:
    def __init__(self, path):
        self.path = path
        self.parts = ['// Generated from the Unicode character database. Do not edit.\n'
                      '#include "base/unicode_tables.h"\n\nnamespace oro::unicode_tables {\n']

    def array(self, kind, name, values, inner=""):
        """A constant array, its items as text or numbers; `inner` is a second dimension."""
        text = ",".join(map(str, values))
        lines, start = [], 0
        while len(text) - start > 4000:  # keep lines short enough for tools
            end = text.index(",", start + 3900) + 1
            lines.append(text[start:end])
            start = end
        lines.append(text[start:])
        self.parts.append(f"const {kind} {name}[{len(values)}]{inner} = {{\n" + "\n".join(lines) + "};\n")

    def scalar(self, kind, name, value):
        self.parts.append(f"const {kind} {name} = {value};\n")

    def close(self):
        self.parts.append("}  // namespace oro::unicode_tables\n")
        self.path.write_text("\n".join(self.parts), encoding="ascii")


def two_stages(values):
    """Splits a list over all code points into the numbers of its blocks and the distinct blocks in a row."""
    size = 1 << SHIFT
    blocks, first, second = {}, [], []
    for start in range(0, MAX, size):
        block = tuple(values[start:start + size])
        if block not in blocks:
            blocks[block] = len(blocks)
            second.extend(block)
        first.append(blocks[block])
    return first, second


def flags_of(code, character, database):
    properties = character.properties
    on = {
        "alpha": character.category in LETTERS,
        "decimal": character.decimal >= 0,
        "digit": character.digit >= 0,
        "numeric": character.numeric is not None,
        "lower": "Lowercase" in properties,
        "upper": "Uppercase" in properties,
        "title": character.category == "Lt",
        # Python's white space is by direction, not by White_Space.
        "space": character.category == "Zs" or character.bidi in ("WS", "B", "S"),
        "printable": code == 0x20 or character.category not in UNPRINTABLE,
        "line_break": code in database.line_breaks or character.bidi == "B",
        "xid_start": "XID_Start" in properties,
        "xid_continue": "XID_Continue" in properties,
        "cased": "Cased" in properties,
        "case_ignorable": "Case_Ignorable" in properties,
        "mirrored": character.mirrored,
    }
    return sum(1 << i for i, name in enumerate(FLAGS) if on[name])


def full_cases(code, character):
    """The four full mappings when one of them is longer than one code point or differs from the simple one."""
    simple = {kind: [code if value is None else value] for kind, value in
              (("upper", character.upper), ("lower", character.lower), ("title", character.title or character.upper))}
    full = {kind: character.full.get(kind, simple[kind]) for kind in simple}
    fold = character.fold or [code]
    if full == simple and len(fold) == 1:
        return None, fold[0]
    parts = tuple(tuple(part) for part in (full["upper"], full["lower"], full["title"], fold))
    return parts, fold[0] if len(fold) == 1 else code


def write_records(database, path):
    out = Output(path)
    records, indices = {}, []
    case_data, case_rows, case_numbers = [], ["{0,{0,0,0,0}}"], {}
    numbers = {None: 0}
    unassigned = None
    for code, character in enumerate(database.characters):
        if character is database.unassigned and unassigned is not None:
            indices.append(unassigned)
            continue
        full, fold = full_cases(code, character)
        case_number = 0
        if full:
            if full not in case_numbers:
                case_numbers[full] = len(case_rows)
                lengths = ",".join(str(len(part)) for part in full)
                case_rows.append(f"{{{len(case_data)},{{{lengths}}}}}")
                for part in full:
                    case_data.extend(part)
            case_number = case_numbers[full]
        number = numbers.setdefault(character.numeric and Fraction(character.numeric), len(numbers))
        quick = sum(" NM".index(value) << QUICK[form] for form, value in character.quick.items())

        def delta(to):
            return 0 if to is None else to - code

        title = character.title or character.upper
        record = (delta(character.upper), delta(character.lower), delta(title), delta(fold),
                  flags_of(code, character, database), case_number, CATEGORIES.index(character.category),
                  BIDI.index(character.bidi), character.combining, WIDTHS.index(character.width), character.decimal,
                  character.digit, number, quick)
        indices.append(records.setdefault(record, len(records)))
        if character is database.unassigned:
            unassigned = indices[-1]
    first, second = two_stages(indices)
    out.array("std::uint16_t", "kRecordBlocks", first)
    out.array("std::uint16_t", "kRecordIndices", second)
    out.array("UnicodeRecord", "kRecords", ["{" + ",".join(map(str, record)) + "}" for record in records])
    out.array("FullCase", "kFullCases", case_rows)
    out.array("char32_t", "kFullCaseData", case_data)
    out.array("double", "kNumericValues",
              ["0" if n is None else f"{n.numerator}.0/{n.denominator}.0" for n in numbers])
    for name, values in (("kCategoryNames", CATEGORIES), ("kBidiNames", BIDI), ("kWidthNames", WIDTHS)):
        out.array("char", name, ['"' + value + '"' for value in values], "[4]")
    out.close()


def write_decompositions(database, path):
    out = Output(path)
    tags = [""]
    data, indices = [0], []
    for character in database.characters:
        if character.decomposition is None:
            indices.append(0)
            continue
        tag, codes = character.decomposition
        if tag not in tags:
            tags.append(tag)
        indices.append(len(data))
        data.append(len(codes) << 8 | tags.index(tag))
        data.extend(codes)
    first, second = two_stages(indices)
    out.array("std::uint16_t", "kDecompositionBlocks", first)
    out.array("std::uint16_t", "kDecompositionIndices", second)
    out.array("char32_t", "kDecompositions", data)
    out.array("char", "kDecompositionTags", ['"' + tag + '"' for tag in tags], "[16]")
    pairs = []
    for code, character in enumerate(database.characters):
        if character.decomposition is None or code in database.exclusions:
            continue
        tag, codes = character.decomposition
        if tag or len(codes) != 2:
            continue
        # Those that start with a combining mark, or are one, never compose.
        if character.combining or database.characters[codes[0]].combining:
            continue
        pairs.append((codes[0], codes[1], code))
    out.array("Composition", "kCompositions", ["{%d,%d,%d}" % pair for pair in sorted(pairs)])
    out.scalar("std::uint32_t", "kCompositionCount", len(pairs))
    out.close()


def main():
    database = Database(sys.argv[1])
    folder = pathlib.Path(sys.argv[2])
    write_records(database, folder / "unicode_record_tables.cpp")
    write_decompositions(database, folder / "unicode_decomposition_tables.cpp")
    out = Output(folder / "unicode_name_tables.cpp")
    names.write(database, out)
    out.close()


if __name__ == "__main__":
    main()
