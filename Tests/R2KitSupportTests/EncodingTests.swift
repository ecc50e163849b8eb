import R2KitSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Encodings")
struct EncodingTests {
    @Test func `hexadecimal digits are written in lower case and read in either case`() {
        let bytes = (0...255).map { UInt8($0) }
        let digits = Hexadecimal.encode(bytes)
        #expect(digits.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
        #expect(Hexadecimal.decode(digits) == bytes && Hexadecimal.decode(digits.uppercased()) == bytes)
        #expect(Hexadecimal.encode([]).isEmpty && Hexadecimal.decode("")?.isEmpty == true)
    }

    @Test(arguments: ["a", "abc", "0g", "g0", "0x", " 00", "00 ", "é", "٣٣", "-1", "+1"])
    func `other strings aren't hexadecimal`(text: String) { #expect(Hexadecimal.decode(text) == nil) }

    @Test func `base64url is Foundation's Base64 with two other characters and no padding`() {
        var random = SystemRandomNumberGenerator()
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let expected = Data(bytes).base64EncodedString().filter { $0 != "=" }
                .map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined()
            #expect(Base64URL.encode(bytes) == expected)
            #expect(Base64URL.decode(expected.utf8) == bytes)
        }
    }

    @Test(arguments: ["A", "AAAAA", "AB", "AAB", "AA==", "A+", "A/", "A A", "AA\n", "é"])
    func `other strings aren't base64url`(text: String) { #expect(Base64URL.decode(text.utf8) == nil) }

    @Test func `percent-encoding is decoded, and a plus is a space on request`() {
        #expect(PercentDecoding.decode("a%20b+c%2B%c3%A9") == "a b+c+é")
        #expect(PercentDecoding.decode("a%20b+c%2B%c3%A9", plusIsSpace: true) == "a b c+é")
        for text in ["%", "%2", "%2g", "%g2", "%FF", "%C3"] { #expect(PercentDecoding.decode(text) == nil) }
    }

    @Test(arguments: [
        ("e\u{301}", "é"), ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{212B}", "\u{C5}"),
        ("a\u{316}\u{F73}", "a\u{F71}\u{F72}\u{316}"), ("a\u{316}\u{F75}", "a\u{F71}\u{F74}\u{316}"),
        ("a\u{316}\u{F81}", "a\u{F71}\u{F80}\u{316}"),
    ])
    func `strings are composed, and the marks of three letters are in order`(given: String, composed: String) {
        #expect(Array(Normalization.nfc(given).unicodeScalars) == Array(composed.unicodeScalars))
        #expect(Array(Normalization.nfc(composed).unicodeScalars) == Array(composed.unicodeScalars))
    }
}

@Suite struct StringBytesTests {
    @Test(arguments: [
        ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "ab", false), ("\u{e9}", "e\u{301}", false),
        ("\u{e9}", "\u{e9}", true), ("a\u{327}\u{301}", "a\u{301}\u{327}", false),
    ])
    func `strings are compared by their bytes`(_ first: String, _ second: String, _ isSame: Bool) {
        #expect(first.hasBytes(of: second) == isSame && second.hasBytes(of: first) == isSame)
        // A slice has other storage.
        #expect(String(("x" + first).dropFirst()).hasBytes(of: second) == isSame)
    }

    @Test(arguments: [("", true), ("a\u{7f}", true), ("\u{80}", false), ("aaaaaaaaaaaaaaaaaaaaé", false)])
    func `a string is ASCII if all of its bytes are`(_ text: String, _ isASCII: Bool) {
        #expect(text.isASCII == isASCII)
    }
}
