import R2Kit
import TestSupport
import Testing

/// The documents that the scanner accepts, tested with the keys of a listing.
@Suite("XML")
struct XMLScannerTests {
    private func key(_ content: String) throws -> String? {
        let body =
            "<ListBucketResult><Contents><Key>\(content)</Key><Size>1</Size>"
            + "<LastModified>2026-01-02T03:04:05Z</LastModified></Contents><IsTruncated>false</IsTruncated>"
            + "</ListBucketResult>"
        return try ListObjectsV2().output(from: Sample.response(200, body: body)).objects.first?.key.rawValue
    }

    /// Returns a Boolean value that indicates whether a listing with additional content is accepted.
    private func isAccepted(_ content: String, before: String = "") throws -> Bool {
        let body = "\(before)<ListBucketResult>\(content)<IsTruncated>false</IsTruncated></ListBucketResult>"
        do {
            _ = try ListObjectsV2().output(from: Sample.response(200, body: body))
            return true
        } catch let error as R2Error where [.invalidResponse, .incompleteResponse].contains(error.code) {
            return false
        }
    }

    @Test(arguments: [
        ("a&amp;b&lt;c&gt;d&quot;e&apos;f", "a&b<c>d\"e'f"), ("&#65;&#x42;&#x1F600;&#1;", "AB\u{1F600}\u{1}"),
        ("<![CDATA[<a>&amp;]]]]><![CDATA[>]]>", "<a>&amp;]]>"), ("a<!-- b -->c", "ac"), (" a ", " a "),
        ("a\r\nb\rc\n&#13;", "a\nb\nc\n\r"), ("&amp;amp;", "&amp;"), ("a>b]]b]", "a>b]]b]"), ("&#0000000;x", nil),
    ])
    func `a text joins its pieces`(_ content: String, _ expected: String?) throws {
        guard let expected else {
            #expect(throws: R2Error.self) { try key(content) }
            return
        }
        #expect(try key(content)?.utf8.elementsEqual(expected.utf8) == true)
    }

    @Test(arguments: [
        "&", "&amp", "&nbsp;", "&;", "&#;", "&#x;", "&#0;", "&#xD800;", "&#x110000;", "&#-1;", "&#+1;", "&#X41;",
        "& amp;",
        "&#99999999999;", "]]>", "\u{0}", "\u{1}", "\u{1F}", "<", "<b>", "<![CDATA[", "<!-- -- -->", "<!--", "<?pi?>",
        "</Contents>", "<xKey>", "</Ke>", "</Key",
    ])
    func `a text that is not well-formed throws`(_ content: String) throws {
        #expect(throws: R2Error.self) { try key(content) }
    }

    @Test func `a text that is not UTF-8 throws`() throws {
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
            let body =
                Array("<DeleteResult><Deleted><Key>".utf8) + bytes + Array("</Key></Deleted></DeleteResult>".utf8)
            let operation = DeleteObjects([try Sample.key()])
            #expect(throws: R2Error.self) { try operation.output(from: R2Response(status: 200, body: body)) }
            let skipped = Array("<DeleteResult><Other>".utf8) + bytes + Array("</Other></DeleteResult>".utf8)
            #expect(throws: R2Error.self) { try operation.output(from: R2Response(status: 200, body: skipped)) }
        }
    }

    @Test(arguments: [
        "<a/>", "<a />", "<a></a >", "<a b='c' d=\"e\"/>", "<a b = '>'/>", "<n:a xmlns:n='u'></n:a>", "<a>t<b/>t</a>",
        "<!-- c -->", "<!---->", "<a><![CDATA[]]></a>", "<a.b-c_d1/>", "<_/>", "\t\r\n",
    ])
    func `unknown content is skipped if it is well-formed`(_ content: String) throws {
        #expect(try isAccepted(content))
    }

    @Test(arguments: [
        "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a", "<a b>", "<a b=c/>", "<a b='<'/>", "<a b='c'd='e'/>x",
        "<a b='c/>",
        "< a/>", "<1/>", "<-a/>", "<a:/>", "<:a/>", "<a:b:c/>", "<\u{212A}ey/>", "<a/ >", "</ a>", "<!a>",
        "<!DOCTYPE a>",
        "<!ELEMENT a>", "<?a b?>", "text", "&amp;", "<![CDATA[]]>", "<a>&b;</a>", "<a>]]></a>", "<n:a></a>",
        "<a></n:a>",
        "<!-- - -- -->",
    ])
    func `content that is not well-formed throws`(_ content: String) throws {
        #expect(try !isAccepted(content))
    }

    @Test(arguments: [
        "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "x", "<?xml", "<?xmlx?>", "<?pi?>",
        "<!-- a --><?xml version='1.0'?>",
        "<?xml version='1.0'?><?xml version='1.0'?>", "<a/>", "\u{FEFF}\u{FEFF}",
    ])
    func `invalid content before the root element throws`(_ before: String) throws {
        #expect(try !isAccepted("", before: before))
    }

    @Test(arguments: [
        "", "\n", "<?xml version='1.0'?>", "\u{FEFF}", "\u{FEFF}<?xml version=\"1.0\"?>\n<!-- a -->\n",
        // White space that keeps the connection alive.
        "\n\r\n\r <?xml version='1.0'?>", "<?xml version='1.0'?>\n   \n",
    ])
    func `valid content before the root element is skipped`(_ before: String) throws {
        #expect(try isAccepted("", before: before))
    }

    @Test func `depth and length are limited`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(try isAccepted(nested(15)))
        #expect(try !isAccepted(nested(16)))
        #expect(try !isAccepted(nested(100_000)))
        func long(_ length: Int) -> String { "<a>\(String(repeating: "x", count: length))</a>" }
        #expect(try isAccepted(long(65_536)))
        #expect(try !isAccepted(long(65_537)))
        #expect(try !isAccepted("<a>&amp;\(String(repeating: "x", count: 65_536))</a>"))
    }

    @Test func `a text survives writing and reading`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let alphabet: [Character] = [
            "a", "&", "<", ">", "\"", "'", "]", ";", "#", "\t", "\n", "\r", "\u{301}", "\u{E9}", "\u{1F600}", " ",
        ]
        for _ in 0..<500 {
            let text = String(
                (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                })
            let operation = DeleteObjects([try ObjectKey(unchecked: text)])
            let request = try operation.request().text
            let response = request.replacing("<Delete ", with: "<DeleteResult ").replacing(
                "</Delete>", with: "</DeleteResult>"
            )
            .replacing("<Object>", with: "<Deleted>").replacing("</Object>", with: "</Deleted>")
            let output = try operation.output(from: Sample.response(200, body: response))
            #expect(output.deleted == operation.keys, "seed \(seed)")
        }
    }
}
