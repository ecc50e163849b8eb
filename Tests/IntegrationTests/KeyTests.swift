import R2Kit
import Testing

@Suite("Keys", .againstServers)
struct KeyTests {
    @Test(arguments: ServerKind.allCases, KeySample.usual)
    func `an object is stored under exactly its key`(_ kind: ServerKind, _ sample: KeySample) async throws {
        let server = try await kind.running()
        try await roundTrip(try ObjectKey(sample.key), on: server)
    }

    @Test(arguments: ServerKind.allCases)
    func `both spellings of a letter with an accent name one object`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let decomposed = try Sample.key("Pru\u{308}fung.mp4")
        let composed = try ObjectKey(decomposed.rawValue.replacing("Pru\u{308}fung", with: "Pr\u{fc}fung"))
        try await server.store(Sample.text, under: decomposed)
        #expect(try await server.stored(composed) == Sample.text)
    }
}

/// Uploads an object, finds its key in the listing, reads the object, and deletes it.
///
/// The listing shows that the server understood the key, and didn't misread it in the same way every time.
func roundTrip(_ key: ObjectKey, on server: TestServer) async throws {
    let presigner = try server.presigner
    let body = Body(key.rawValue.utf8)
    #expect(try await Message(try presigner.presignUpload(to: key), body: body).send().status == 200)
    #expect(try await server.lists(key))
    #expect(try await server.stored(key) == body)
    #expect(try await Message(try presigner.presignDelete(of: key)).send().status == 204)
    #expect(try await server.stored(key) == nil)
}
