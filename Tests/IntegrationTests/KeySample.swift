import Testing

/// A key that is easily encoded incorrectly.
struct KeySample: Sendable, CustomTestStringConvertible {
    let key: String
    let testDescription: String

    init(_ key: String, _ description: String? = nil) {
        self.key = key
        testDescription = description ?? key
    }

    /// Keys that `ObjectKey` accepts.
    static let usual: [KeySample] =
        [
            "plain.mp4", "two  spaces.mp4", " space first", "space last ", "a+b.mp4", "100%.mp4", "%20", "%2F", "%252F",
            "a&b=c.mp4", "what?x=y", "a#b", "'quoted'", "!(*)", "user@host:8080", "a;b,c", "$HOME", "[1]", "{a|b}",
            "^~`", "\"double\"", "<tag>&amp;", "=", "?", "#", "*", "~tilde/~", "-_.~",
            "a.", "a..", "...", "dir./file", "..a/.b/c..", ".hidden", "http:/example.com",
            "X-Amz-Signature=0", "?X-Amz-Expires=1&partNumber=1",
        ].map { KeySample($0) }
        + [
            KeySample("caf\u{e9}.mp4", "café, composed"),
            KeySample("re\u{301}sume\u{301}.mp4", "résumé, decomposed"),
            KeySample("\u{b5}\u{2126}\u{fb01}", "compatibility characters"),
            KeySample("講義/第一回.mp4", "Chinese characters"),
            KeySample("강의.mp4", "Hangul"),
            KeySample("محاضرة/درس.mp4", "right to left"),
            KeySample("व्याख्यान.mp4", "combining vowels"),
            KeySample("👩🏽‍🏫/🇩🇪.mp4", "emoji"),
            KeySample("x\u{0323}\u{0307}.mp4", "two combining marks"),
            KeySample("no\u{a0}break\u{200b}zero\u{feff}", "invisible characters"),
            KeySample("\u{85}\u{9f}\u{2028}", "controls beyond ASCII"),
            KeySample("\u{10ffff}\u{fffd}", "the last code point"),
            KeySample(String(repeating: "k/é ", count: 204) + "last", "1024 bytes"),
            KeySample(String(repeating: "d/", count: 511) + "dd", "512 segments"),
        ]

    static let backslash = KeySample("back\\slash")
    static let longSegment = KeySample(String(repeating: "k", count: 1024), "1024 bytes in one segment")

    /// Keys that only `ObjectKey(unchecked:)` accepts, because many clients change them.
    static let unchecked: [KeySample] = [
        "/", "//", "/first", "a//b", "a///b", "last/", "a/b//", ".", "..", "./a", "../a", "a/./b", "a/../b", "a/..",
        "a/.", "%2e%2e/a", "e\u{301}/../decomposed",
    ].map { KeySample($0) }
}
