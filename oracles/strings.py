"""The strings that tokenizers are tried on: seeded, over a thousand, made to find seams."""

import random
from pathlib import Path

TEXT = Path(__file__).parent.parent / "samples/public-domain/newton-opticks-queries.txt"

SENTENCES = """
The quick brown fox jumps over the lazy dog.
It's what we'd've said if they'll let us; I'm sure you're right, aren't you?
IT'S WHAT WE'D'VE SAID, HE'LL SEE
“Curly quotes” and ‘single ones’ — with dashes – and ellipsis…
Der Überdruß am Straßenbahnfahren wächst: Äpfel, Öl, Übermut, ß.
Où est passé l'élève naïf ? Il a mangé des œufs, du bœuf et une crêpe à 3 €.
¿Dónde está el niño? ¡Mañana será otro día!
Não há coração sem razão, disse o avô à avó.
Zażółć gęślą jaźń.
Příliš žluťoučký kůň úpěl ďábelské ódy.
Árvíztűrő tükörfúrógép
Pijamalı hasta yağız şoföre çabucak güvendi. İstanbul ısındı.
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.
Съешь же ещё этих мягких французских булок, да выпей чаю.
Жебракують філософи при ґанку церкви в Гадячі.
דג סקרן שט בים מאוכזב ולפתע מצא חברה
نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر
مَرْحَبًا بِكُمْ فِي العَالَم
ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश
আমি বাংলায় গান গাই
தமிழ் மொழி மிகவும் பழமையானது
ภาษาไทยไม่มีช่องว่างระหว่างคำ
ພາສາລາວ ແລະ ພາສາຂະແມ ភាសាខ្មែរ
いろはにほへと ちりぬるを。カタカナとひらがな、漢字。
我能吞下玻璃而不伤身体。繁體字也可以：「龍龜」。
키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.
ქართული ენა Հայերեն լեզու አማርኛ ᏣᎳᎩ ᚠᚢᚦ
Tiếng Việt có nhiều dấu: ắ ằ ẳ ẵ ặ ấ ầ ẩ ẫ ậ
é è ê (decomposed: é è ê) Å Å Å ﬁ ﬂ ½ ² ³ ™ ℃ Ⅷ
😀 😃👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷🇩🇪 ❤️ ☺ ⌨️ 1️⃣
∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β), ∑∏∫√∞≠≤≥
𝕬𝖇𝖈 𝒜𝓫𝔠 𠀀𠀁 🀄 𐍈 𒀀
""".strip().split("\n")

CODE = [
    "def f(x):\n    return x ** 2 + 1  # square\n",
    "for (int i = 0; i < n; ++i) {\n\tsum += a[i] * b[i];\n}\n",
    "public static void main(String[] args) {\r\n  System.out.println(\"Hello\\n\");\r\n}",
    "SELECT * FROM users WHERE id = 42 AND name LIKE '%o''brien%';",
    "<div class=\"a b\" id='x'>&nbsp;&lt;text&gt;</div><!-- comment -->",
    "{\"key\": [1, 2.5, -3e10, true, null], \"s\": \"\\u00e9\\\\\"}",
    "if __name__ == '__main__':\n\tmain()\n\n\n\n# end",
    "curl -sS 'https://example.com/a?b=c&d=%20e#f' | jq '.[0]'",
    "fn main() -> Result<(), Box<dyn Error>> { let x: &'static str = \"\"; Ok(()) }",
    "\\begin{equation}\n  E = mc^2 \\label{eq:1}\n\\end{equation}",
    "#include <stdio.h>\n#define MAX(a,b) ((a)>(b)?(a):(b))\n",
    "const f = async ({a, ...b}) => `${a}-${await b?.c ?? 'x'}`;",
    "C:\\Users\\name\\Desktop\\file (1).txt /usr/local/lib/../bin ~/.bashrc",
    "user.name+tag@example.co.uk, +33 (0)1 23 45 67 89, 2026-11-23T15:04:05Z",
    "<table><tr><td>1</td></tr></table><br><h1>x</h1>",
]

NUMBERS = [
    "0", "7", "42", "100", "1000", "1,000,000", "3.14159", "-2.5e-10", "0x1F", "1234567890", "٣٤٥", "१२३",
    "１２３", "²³", "1st 2nd 3rd", "12:34:56", "10%", "$5.99", "€1.234,56", "v1.2.3-rc4", "1/2", "½", "Ⅳ", "2²", "a1b22c333",
    "00000000", "1 2 3 4", "1\n2\n3", "-1", "+1", "1e5", "IPv4 192.168.0.1", "999999999999999999999999",
]

SPACES = [
    "", " ", "  ", "   ", "    ", "\t", "\n", "\r", "\r\n", "\n\n", "\n\n\n", " \n", "\n ", " \n ", "\t\t", " \t ", "\u00a0", "\u2003",
    "\u3000", "\u200b", "\u200d", "\ufeff", "\u2028", "\u0085", "\x0b", "\x0c", " a", "  a", "   a", "a ", "a  ", "a   ", " a ", "  a  ",
    "a b", "a  b", "a   b", "a\tb", "a\n b", "a \nb", "a\n\nb", "a \n\n b", "a\u00a0b", "a\u3000b", " " * 7, " " * 16, " " * 33,
    "\n" * 10, "\t" * 5, "x" + " " * 20 + "y", "  \n  \n  ", "end.\n", "end. \n", "\n\tindent", " .", " ,", "  ,", " 's", " 1", "  1",
    "\u2581", "a\u2581b",
]

CONTROLS = [
    "\x00", "a\x00b", "\x01\x02\x03", "\x1b[31mred\x1b[0m", "\x7f", "\x08", "bell\x07", "\u0080", "\u009f", "\u00ad", "soft\u00adhyphen",
    "\u202eright to left\u202c", "\u2066iso\u2069", "\ufffd", "\ufffe", "\uffff", "\ufff9", "\ue000", "\U000e0001", "\U0010ffff",
    "a\u0301", "\u0301", "\u0301\u0302\u0303a", "Z\u0351\u036b\u0343a\u0322l\u0327g\u0321o\u0322", "\u1f468\u200d",
]

REPEATS = [
    "a" * 100, "ab" * 60, "!" * 50, "=" * 80, "-" * 77, "." * 30, "é" * 40, "中" * 40, "😀" * 10, "ha" * 33, "Aa" * 40, "'" * 20, "\"" * 9,
    "0" * 50, "the the the the the", "...!!!???", "###", "****", "____", "((((((", "))))", "{{{}}}", "[[[]]]", "<<<>>>", "</</</",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "pneumonoultramicroscopicsilicovolcanoconiosis",
    "Donaudampfschifffahrtsgesellschaftskapitän", "llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
]

LOOKALIKES = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_start|>user\nHi<|im_end|>\n", "<|im_start", "|im_end|>", "< |im_end|>", "<|IM_END|>",
    "a<|im_end|>b", " <|im_end|> ", "<|im_end|><|im_end|>", "<|<|im_end|>", "<|im_end|", "<repo_name>x<file_sep>y", "<filename>",
    "<jupyter_code>", "<empty_output>", "<issue_start>", "<s>", "</s>", "<unk>", "<pad>", "<s>a</s>", "<0x0A>", "<0x41>", "<0xFF>",
    "<bos>", "<eos>", "<start_of_turn>user\nHi<end_of_turn>\n", "<start_of_turn>", "<end_of_turn>", "<unused5>", "[multimodal]",
    "[INST] x [/INST]", "<<SYS>>\nx\n<</SYS>>", "<tool_call>{}</tool_call>", "<|begin_of_text|><|eot_id|>", "<start_of_image>",
]

RANGES = [
    (0x20, 0x7E), (0x00, 0x1F), (0xA0, 0xFF), (0x100, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x6FF), (0x900, 0xDFF),
    (0xE00, 0xEFF), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x23FF), (0x2500, 0x27BF), (0x3000, 0x30FF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFFFD), (0x10000, 0x1FFFF), (0x1F300, 0x1FAFF), (0x20000, 0x2FFFF),
]


def strings():
    fixed = SENTENCES + CODE + NUMBERS + SPACES + CONTROLS + REPEATS + LOOKALIKES
    made = random.Random(20261123)
    text = TEXT.read_text()
    out = list(fixed)
    for _ in range(160):  # passages of prose, cut anywhere
        at = made.randrange(len(text) - 400)
        out.append(text[at : at + made.choice([3, 10, 30, 90, 300])])
    for _ in range(280):  # pieces of everything, put together
        out.append("".join(cut(made, made.choice(fixed)) for _ in range(made.randint(2, 5))))
    for low, high in RANGES:  # random code points of one script
        for _ in range(12):
            out.append("".join(chr(made.randint(low, high)) for _ in range(made.randint(1, 12))))
    for _ in range(130):  # random code points of all scripts
        points = [made.randint(*made.choice(RANGES)) for _ in range(made.randint(1, 16))]
        out.append("".join(map(chr, points)))
    for _ in range(90):  # capitals, contractions, digits and spaces against each other
        bits = ["'s", "'S", "'LL", "n't", " ", "  ", "\n", "a", "B", "9", "12", "_", "-", ".", "é", "中", "'", "’s", "\t", "😀"]
        out.append("".join(made.choice(bits) for _ in range(made.randint(3, 18))))
    unique = list(dict.fromkeys(out))
    return [s for s in unique if not any(0xD800 <= ord(c) <= 0xDFFF for c in s)]


def cut(made, s):
    a, b = sorted((made.randint(0, len(s)), made.randint(0, len(s))))
    return s[a:b] if made.random() < 0.6 else s


if __name__ == "__main__":
    print(len(strings()), "strings,", sum(len(s.encode()) for s in strings()), "bytes")
