# Strings: joining, splitting, formatting, searching, slicing, comparing, building character by character.
def caesar(text, shift):
    out = []
    for c in text:
        if c.isalpha():
            c = chr((ord(c) - 97 + shift) % 26 + 97)
        out.append(c)
    return "".join(out)


def records(count):
    lines = [f"{i},user{i % 97},{i * 0.5:.2f},{'yes' if i % 3 else 'no'}" for i in range(count)]
    text = "\n".join(lines)
    total = 0
    for line in text.split("\n"):
        number, name, amount, flag = line.split(",")
        if flag == "yes" and name.startswith("user1"):
            total += int(number) + len(amount.strip("0"))
    return total, text.count("user96"), text.find("user50")


def palindromes(limit):
    found = 0
    for i in range(limit):
        s = str(i)
        if s == s[::-1]:
            found += 1
    return found


text = "the serpent with eight heads " * 100
for shift in range(1, 41):
    text = caesar(text, shift)
print(text[:12], *records(400_000), palindromes(1_700_000), "é→€".join(["x"] * 1000).upper().count("É"))
