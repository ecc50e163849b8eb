import Testing
import VideoCatalog

@Suite("Case folding")
struct CaseFoldingTests {
    /// The hash of the folding of every scalar in UTF-8, each followed by 0xFF (FNV-1a, 64 bits), computed from
    /// `CaseFolding.txt` of Unicode 17.0.
    @Test func `is that of Unicode for every scalar`() {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var count = 0
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var folding = CaseFolding.folding(of: scalar)
            if folding.unicodeScalars.first != scalar { count += 1 }
            folding.withUTF8 { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 } }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        #expect(hash == 0xB7D9_21C6_E9BD_3570)
        #expect(count == 1585)
    }

    @Test func `has these scalars that fold to several`() throws {
        var found = [UInt32]()
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if CaseFolding.folding(of: scalar).unicodeScalars.count > 1 { found.append(value) }
        }
        #expect(found == Self.several.map(\.0))
        for (value, folding) in Self.several {
            let scalar = try #require(Unicode.Scalar(value))
            #expect(Array(CaseFolding.folding(of: scalar).unicodeScalars) == Array(folding.unicodeScalars))
        }
    }

    @Test(arguments: [
        ("STRASSE", "Straße"), ("STRASSE", "STRAẞE"), ("ΣΟΦΟΣ", "σοφος"), ("ΣΟΦΟΣ", "σοφοσ"), ("\u{B5}m", "\u{3BC}M"),
        ("ﬁ", "FI"), ("ﬃ", "ffi"), ("\u{130}", "i\u{307}"), ("\u{130}", "I\u{307}"), ("I", "i"), ("ꭰ", "Ꭰ"), ("Ᏸ", "ᏸ"),
        ("ǅ", "Ǆ"), ("ǅ", "ǆ"), ("\u{2126}", "ω"), ("K", "k"), ("Å", "a\u{30A}"), ("ŉ", "ʼN"), ("ᾳ", "ΑΙ"),
        ("\u{1FB3}\u{323}", "\u{391}\u{323}\u{399}"), ("\u{3B1}\u{345}\u{301}", "\u{386}\u{399}"), ("և", "ԵՒ"),
        ("\u{10D50}", "\u{10D70}"), ("\u{1C89}", "\u{1C8A}"),
    ])
    func `makes these equal`(first: String, second: String) {
        #expect(same(RepositorySupport.folded(first), RepositorySupport.folded(second)))
        #expect(RepositorySupport.title("x " + first, contains: second))
        #expect(RepositorySupport.title("x " + second, contains: first))
    }

    @Test(arguments: [("ı", "i"), ("İ", "i\u{308}"), ("ö", "o"), ("ss", "s\u{323}s"), ("ᾳ", "α")])
    func `keeps these apart`(first: String, second: String) {
        #expect(!same(RepositorySupport.folded(first), RepositorySupport.folded(second)))
    }

    @Test(arguments: [
        ("\u{F73}", "\u{F71}\u{F72}"), ("\u{F75}", "\u{F71}\u{F74}"), ("\u{F81}", "\u{F71}\u{F80}"),
        ("\u{F40}\u{F73}", "\u{F40}\u{F72}\u{F71}"), ("Title \u{F40}\u{F75}", "title \u{F40}\u{F74}\u{F71}"),
    ])
    func `makes composed and decomposed titles equal`(composed: String, decomposed: String) async throws {
        #expect(same(RepositorySupport.folded(composed), RepositorySupport.folded(decomposed)))
        let repository = InMemoryVideoRepository()
        let video = try await repository.insert(NewVideo(title: composed, objectKey: "1", uploadedBy: "u"))
        let other = try await repository.insert(NewVideo(title: decomposed, objectKey: "2", uploadedBy: "u"))
        for title in [composed, decomposed] {
            let found = try await repository.videos(matching: VideoQuery(titleContains: title), page: .first(10))
            #expect(Set(found.videos.map(\.id)) == [video.id, other.id])
        }
    }

    @Test func `is the lower case in ASCII, and does not change when repeated`() {
        let ascii = String(String.UnicodeScalarView((0..<128).compactMap { Unicode.Scalar(UInt32($0)) }))
        #expect(same(RepositorySupport.folded(ascii), ascii.lowercased()))
        for (value, _) in Self.several {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let folded = RepositorySupport.folded("a" + String(scalar) + "\u{323}B")
            #expect(same(RepositorySupport.folded(folded), folded))
        }
    }

    private func same(_ first: String, _ second: String) -> Bool { first.utf8.elementsEqual(second.utf8) }

    // swift-format-ignore
    private static let several: [(UInt32, String)] = [
        (0x00DF, "ss"), (0x0130, "i\u{307}"), (0x0149, "\u{2BC}n"), (0x01F0, "j\u{30C}"),
        (0x0390, "\u{3B9}\u{308}\u{301}"), (0x03B0, "\u{3C5}\u{308}\u{301}"), (0x0587, "\u{565}\u{582}"),
        (0x1E96, "h\u{331}"), (0x1E97, "t\u{308}"), (0x1E98, "w\u{30A}"), (0x1E99, "y\u{30A}"),
        (0x1E9A, "a\u{2BE}"), (0x1E9E, "ss"), (0x1F50, "\u{3C5}\u{313}"), (0x1F52, "\u{3C5}\u{313}\u{300}"),
        (0x1F54, "\u{3C5}\u{313}\u{301}"), (0x1F56, "\u{3C5}\u{313}\u{342}"), (0x1F80, "\u{1F00}\u{3B9}"),
        (0x1F81, "\u{1F01}\u{3B9}"), (0x1F82, "\u{1F02}\u{3B9}"), (0x1F83, "\u{1F03}\u{3B9}"),
        (0x1F84, "\u{1F04}\u{3B9}"), (0x1F85, "\u{1F05}\u{3B9}"), (0x1F86, "\u{1F06}\u{3B9}"),
        (0x1F87, "\u{1F07}\u{3B9}"), (0x1F88, "\u{1F00}\u{3B9}"), (0x1F89, "\u{1F01}\u{3B9}"),
        (0x1F8A, "\u{1F02}\u{3B9}"), (0x1F8B, "\u{1F03}\u{3B9}"), (0x1F8C, "\u{1F04}\u{3B9}"),
        (0x1F8D, "\u{1F05}\u{3B9}"), (0x1F8E, "\u{1F06}\u{3B9}"), (0x1F8F, "\u{1F07}\u{3B9}"),
        (0x1F90, "\u{1F20}\u{3B9}"), (0x1F91, "\u{1F21}\u{3B9}"), (0x1F92, "\u{1F22}\u{3B9}"),
        (0x1F93, "\u{1F23}\u{3B9}"), (0x1F94, "\u{1F24}\u{3B9}"), (0x1F95, "\u{1F25}\u{3B9}"),
        (0x1F96, "\u{1F26}\u{3B9}"), (0x1F97, "\u{1F27}\u{3B9}"), (0x1F98, "\u{1F20}\u{3B9}"),
        (0x1F99, "\u{1F21}\u{3B9}"), (0x1F9A, "\u{1F22}\u{3B9}"), (0x1F9B, "\u{1F23}\u{3B9}"),
        (0x1F9C, "\u{1F24}\u{3B9}"), (0x1F9D, "\u{1F25}\u{3B9}"), (0x1F9E, "\u{1F26}\u{3B9}"),
        (0x1F9F, "\u{1F27}\u{3B9}"), (0x1FA0, "\u{1F60}\u{3B9}"), (0x1FA1, "\u{1F61}\u{3B9}"),
        (0x1FA2, "\u{1F62}\u{3B9}"), (0x1FA3, "\u{1F63}\u{3B9}"), (0x1FA4, "\u{1F64}\u{3B9}"),
        (0x1FA5, "\u{1F65}\u{3B9}"), (0x1FA6, "\u{1F66}\u{3B9}"), (0x1FA7, "\u{1F67}\u{3B9}"),
        (0x1FA8, "\u{1F60}\u{3B9}"), (0x1FA9, "\u{1F61}\u{3B9}"), (0x1FAA, "\u{1F62}\u{3B9}"),
        (0x1FAB, "\u{1F63}\u{3B9}"), (0x1FAC, "\u{1F64}\u{3B9}"), (0x1FAD, "\u{1F65}\u{3B9}"),
        (0x1FAE, "\u{1F66}\u{3B9}"), (0x1FAF, "\u{1F67}\u{3B9}"), (0x1FB2, "\u{1F70}\u{3B9}"),
        (0x1FB3, "\u{3B1}\u{3B9}"), (0x1FB4, "\u{3AC}\u{3B9}"), (0x1FB6, "\u{3B1}\u{342}"),
        (0x1FB7, "\u{3B1}\u{342}\u{3B9}"), (0x1FBC, "\u{3B1}\u{3B9}"), (0x1FC2, "\u{1F74}\u{3B9}"),
        (0x1FC3, "\u{3B7}\u{3B9}"), (0x1FC4, "\u{3AE}\u{3B9}"), (0x1FC6, "\u{3B7}\u{342}"),
        (0x1FC7, "\u{3B7}\u{342}\u{3B9}"), (0x1FCC, "\u{3B7}\u{3B9}"), (0x1FD2, "\u{3B9}\u{308}\u{300}"),
        (0x1FD3, "\u{3B9}\u{308}\u{301}"), (0x1FD6, "\u{3B9}\u{342}"), (0x1FD7, "\u{3B9}\u{308}\u{342}"),
        (0x1FE2, "\u{3C5}\u{308}\u{300}"), (0x1FE3, "\u{3C5}\u{308}\u{301}"), (0x1FE4, "\u{3C1}\u{313}"),
        (0x1FE6, "\u{3C5}\u{342}"), (0x1FE7, "\u{3C5}\u{308}\u{342}"), (0x1FF2, "\u{1F7C}\u{3B9}"),
        (0x1FF3, "\u{3C9}\u{3B9}"), (0x1FF4, "\u{3CE}\u{3B9}"), (0x1FF6, "\u{3C9}\u{342}"),
        (0x1FF7, "\u{3C9}\u{342}\u{3B9}"), (0x1FFC, "\u{3C9}\u{3B9}"), (0xFB00, "ff"), (0xFB01, "fi"),
        (0xFB02, "fl"), (0xFB03, "ffi"), (0xFB04, "ffl"), (0xFB05, "st"), (0xFB06, "st"),
        (0xFB13, "\u{574}\u{576}"), (0xFB14, "\u{574}\u{565}"), (0xFB15, "\u{574}\u{56B}"),
        (0xFB16, "\u{57E}\u{576}"), (0xFB17, "\u{574}\u{56D}"),
    ]
}
