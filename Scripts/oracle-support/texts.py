"""Random strings: object keys from all of Unicode, file names, header values, credentials."""

import base64
import string
import unicodedata

PRINTABLE = "".join(map(chr, range(33, 127)))
TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~"
# Strings that keys use in practice, and strings that clients, proxies and encoders get wrong.
AWKWARD = [
    ".a", "...", "a..", "..b", ".hidden", "%2F", "%2e%2e", "%", "%zz", "a+b", "a b", " ", "  ", "~", "a;b", "a:b",
    "a,b", "a=b&c", "?x", "#x", "@", "$", "!'()*", "[x]", "{x}", "|", "^", "`", "\\", "\"", "<>", "-", "_", "*", "+",
    "=", "&", "\u037e", "\u1fef", "\u212a", "\u2126", "\ufeff", "\u200d", "\u2028", "\u00a0", "\u0085",
    # These three start a character, but their decomposition doesn't.
    "a\u0316\u0f73", "a\u0316\u0f75", "a\u0316\u0f81",
]
# One letter each, by any rule that divides strings into characters.
SIMPLE_RANGES = [
    (0xC0, 0xD6), (0x391, 0x3A1), (0x410, 0x44F), (0x5D0, 0x5EA), (0x627, 0x63A), (0x3041, 0x3096), (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3), (0x2018, 0x201D), (0x1F600, 0x1F64F), (0x1D400, 0x1D454), (0x20000, 0x2A6D6), (0x212A, 0x212B),
]
# One character each, made of several code points.
CLUSTERS = [
    "e\u0301", "\"\u0301", "a\u0323\u0302", "\u1112\u1161\u11ab", "\U0001F469\u200d\U0001F4BB",
    "\U0001F1E9\U0001F1EA", "\u0438\u0306", " \u0308",
]


class Alphabet:
    """The characters that both sides know, so that both compose them alike."""

    def __init__(self, assigned):
        self.planes = {}
        self.composites = []
        self.marks = []
        for first, last in assigned:
            for value in range(first, last + 1):
                character = chr(value)
                category = unicodedata.category(character)
                # Surrogates aren't scalar values, and control characters are rejected.
                if category in ("Cn", "Cs", "Cc"):
                    continue
                self.planes.setdefault(value >> 16, []).append(character)
                decomposition = unicodedata.decomposition(character)
                if decomposition and not decomposition.startswith("<"):
                    self.composites.append(character)
                if unicodedata.combining(character):
                    self.marks.append(character)
        self.plane_numbers = sorted(self.planes)


class Texts:
    """Creates random strings from one source of randomness."""

    def __init__(self, random, alphabet):
        self.random = random
        self.alphabet = alphabet

    def any_of(self, characters, least, most):
        return "".join(self.random.choices(characters, k=self.random.randint(least, most)))

    def slug(self, least=1, most=12):
        return self.any_of(string.ascii_lowercase + string.digits + "-", least, most)

    def wild(self, least=1, most=8):
        """Characters of any plane."""
        random, alphabet = self.random, self.alphabet
        return "".join(
            random.choice(alphabet.planes[random.choice(alphabet.plane_numbers)])
            for _ in range(random.randint(least, most)))

    def composing(self):
        """A string whose composed form differs: bases with marks in any order, Hangul in parts, singletons."""
        random, alphabet = self.random, self.alphabet
        choice = random.randrange(4)
        if choice == 0:
            base = random.choice("aeiouAEIOUcnszK\u044b\u03b1\u0627\u00e2\u01d5\u1ea5")
            return base + "".join(random.choices(alphabet.marks, k=random.randint(1, 4)))
        if choice == 1:
            jamo = chr(random.randint(0x1100, 0x1112)) + chr(random.randint(0x1161, 0x1175))
            return jamo + (chr(random.randint(0x11A7, 0x11C2)) if random.random() < 0.5 else "")
        if choice == 2:
            text = "".join(random.choices(alphabet.composites, k=random.randint(1, 4)))
            return unicodedata.normalize(random.choice(["NFC", "NFD"]), text)
        base = random.choice(alphabet.composites)
        return base + "".join(random.choices("\u0300\u0301\u0302\u0304\u0307\u0308\u0323\u0328\u0345", k=2))

    def fragment(self):
        makers = [
            self.slug, self.slug, lambda: self.any_of(PRINTABLE.replace("/", "") + " ", 1, 12),
            lambda: self.random.choice(AWKWARD), self.composing, self.composing, self.wild,
        ]
        return self.random.choice(makers)()

    def key(self):
        """A valid key."""
        random = self.random
        while True:
            segments = [
                "".join(self.fragment() for _ in range(random.randint(1, 4))) for _ in range(random.randint(1, 4))
            ]
            if random.random() < 0.03:
                segments.append(self.long_tail(sum(map(len, segments))))
            key = "/".join(segments)
            composed = unicodedata.normalize("NFC", key)
            if len(composed.encode()) <= 1024 and not {"", ".", ".."} & set(composed.split("/")):
                return key

    def long_tail(self, taken):
        return self.random.choice("a\u00e9\u8a9e\u0958") * self.random.randint(200, max(200, 1000 - taken))

    def unchecked_key(self):
        """A key with anything that a request can contain, up to 1,024 bytes."""
        random = self.random
        odd = ["/", "//", "./", "../", "/.", "/..", ".", "..", "\0", "\n", "\x1f", "\x7f", "\x80"]
        parts = [random.choice(odd) if random.random() < 0.4 else self.fragment() for _ in range(random.randint(1, 8))]
        return "".join(parts)[:200]

    def text(self, most=12):
        """A string for a parameter's name or value."""
        makers = [
            lambda: self.slug(1, most), lambda: self.any_of(PRINTABLE + "  ", 1, most), self.composing,
            lambda: self.random.choice(AWKWARD), lambda: self.wild(1, 4),
        ]
        return self.random.choice(makers)()

    def header_value(self, most=24):
        """Printable ASCII with single spaces inside."""
        return " ".join(self.any_of(PRINTABLE, 1, most) for _ in range(self.random.randint(1, 3)))

    def filename(self):
        """A file name, and its ASCII form with `_` for other characters."""
        random = self.random
        name, fallback = "", ""
        for _ in range(random.randint(1, 14)):
            choice = random.random()
            if choice < 0.75:
                character = random.choice(PRINTABLE + "    ")
                is_second_space = character == " " and fallback.endswith(" ")
                plain = "_" if character in "\"\\%/" or is_second_space else character
            elif choice < 0.9:
                character, plain = chr(random.randint(*random.choice(SIMPLE_RANGES))), "_"
            else:
                character, plain = random.choice(CLUSTERS), "_"
            name += character
            fallback += plain
        return name, fallback

    def hexadecimal(self, digits):
        return self.any_of("0123456789abcdef", digits, digits)

    def credential(self, digits):
        """Credentials like R2's, or any printable ASCII."""
        if self.random.random() < 0.6:
            return self.hexadecimal(digits)
        while True:
            text = self.any_of(PRINTABLE, 1, 60)
            if text[0] not in "\"'":
                return text

    def base64(self, least, most):
        return base64.b64encode(self.random.randbytes(self.random.randint(least, most))).decode()

    def upload_id(self):
        if self.random.random() < 0.7:
            return self.any_of(string.ascii_letters + string.digits + "/+=_-", 20, 300)
        return self.any_of(PRINTABLE, 1, 40)

    def token_name(self, most=10):
        return self.any_of(string.ascii_letters + string.digits + TOKEN_PUNCTUATION, 1, most)
