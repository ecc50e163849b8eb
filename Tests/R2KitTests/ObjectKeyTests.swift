import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Object keys")
struct ObjectKeyTests {
    @Test(arguments: [
        "a", "videos/2026/lecture 1.mp4", "a+b=c&d?e#f%20", "!'()*@:;,$[]{}|\\^~\"<>`", "...", "a/.../b", ".a", "a.",
        "..a/b..",
        "émoji/🎬.mp4", String(repeating: "k", count: 1024), String(repeating: "é", count: 512),
    ])
    func `stay as they are`(key: String) throws {
        #expect(try ObjectKey(key).rawValue == key)
        #expect(Array(try ObjectKey(key).rawValue.utf8) == Array(key.utf8))
    }

    @Test(arguments: [
        "", "/a", "a/", "a//b", "/", ".", "..", "a/./b", "a/../b", "../a", "a/..", "./a", "a\0", "a\nb", "\u{1B}",
        "a\u{7F}",
        String(repeating: "k", count: 1025), String(repeating: "é", count: 513),
    ])
    func `aren't valid if a client would change them or R2 would reject them`(key: String) throws {
        let error = #expect(throws: R2ValidationError.self) { try ObjectKey(key) }
        #expect(error?.code == .invalidObjectKey)
    }

    @Test(arguments: [
        ("e\u{301}", "é"), ("\u{1100}\u{1161}\u{11A8}", "각"), ("\u{212B}", "\u{C5}"),
        ("\u{1E9B}\u{323}", "\u{1E9B}\u{323}"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{0958}", "\u{0915}\u{093C}"), ("\u{2126}", "\u{3A9}"),
        ("a\u{316}\u{F73}", "a\u{F71}\u{F72}\u{316}"),
    ])
    func `are normalized to NFC`(given: String, composed: String) throws {
        #expect(Array(try ObjectKey(given).rawValue.unicodeScalars) == Array(composed.unicodeScalars))
    }

    @Test func `are measured after normalization`() throws {
        // 3 bytes each as given, 2 bytes each composed.
        #expect(try ObjectKey(String(repeating: "e\u{301}", count: 512)).rawValue.utf8.count == 1024)
    }

    @Test(arguments: ["/a", "a/", "a//b", "a/../b", ".", "a\u{1}", "e\u{301}"])
    func `that exist already can be created unchecked`(key: String) throws {
        #expect(Array(try ObjectKey(unchecked: key).rawValue.utf8) == Array(key.utf8))
    }

    @Test func `in two forms are two keys if they are unchecked`() throws {
        let keys: Set = [try ObjectKey(unchecked: "e\u{301}"), try ObjectKey("é"), try ObjectKey("e\u{301}")]
        #expect(keys.count == 2)
    }

    @Test func `have 1 to 1024 bytes even unchecked`() {
        #expect(throws: R2ValidationError.self) { try ObjectKey(unchecked: "") }
        #expect(throws: R2ValidationError.self) { try ObjectKey(unchecked: String(repeating: "k", count: 1025)) }
    }

    @Test func `are strings in JSON, and are checked when decoded`() throws {
        let key = try ObjectKey("a/b")
        #expect(String(decoding: try JSONEncoder().encode([key]), as: UTF8.self) == #"["a\/b"]"#)
        #expect(try JSONDecoder().decode([ObjectKey].self, from: Data(#"["a/b"]"#.utf8)) == [key])
        #expect(throws: (any Error).self) { try JSONDecoder().decode([ObjectKey].self, from: Data(#"["a//b"]"#.utf8)) }
    }

    @Test func `are ordered by their bytes, as R2 lists them`() throws {
        let names = ["a", "a/b", "a0", "é", "🎬"]
        #expect(try names.reversed().map { try ObjectKey($0) }.sorted().map(\.rawValue) == names)
        // U+FF5E is before U+1F3AC in UTF-8, and behind it in UTF-16.
        #expect(try ObjectKey("\u{FF5E}") < ObjectKey("🎬"))
        #expect(try ObjectKey(unchecked: "e\u{301}") < ObjectKey("é"))
    }
}
