#if Delivery && Emulator
import HTTPTypes
import Testing
import VideoCatalog
import VideoEndpoints

@Suite("The routes of the catalog")
struct VideoRouteTests {
    @Test func `videos are listed in pages`() async throws {
        try await EndpointWorld.with { world in
            _ = try await world.begin(token: "a", title: "Lecture 1")
            _ = try await world.begin(token: "b", title: "Lecture 2")
            _ = try await world.begin(token: "c", title: "Bob's", as: .bob)
            let first = try await world.send(.get, "/videos?limit=1&title=lecture")
            let next = try first.string("next")
            try Golden.expect("list", first, naming: [next: "CURSOR"])
            let second = try await world.send(.get, "/videos?limit=1&title=lecture&cursor=\(next)")
            #expect(Self.titles(second).count == 1)
            #expect(Set(Self.titles(first) + Self.titles(second)) == ["Lecture 1", "Lecture 2"])
            #expect(second.object["next"] == nil)
            #expect(try await Self.titles(world.send(.get, "/videos", as: .bob)) == ["Bob's"])
            #expect(try await Self.titles(world.send(.get, "/videos", as: .teacher)).count == 3)
        }
    }

    @Test func `many edits of one video at once all succeed`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready(token: "a", title: "One")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let json = #"{"description": "\#(number)"}"#
                        return try await world.send(.patch, "/videos/\(id)", json: json).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func `a list has the conditions of its query`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready(token: "a", title: "One")
            _ = try await world.begin(token: "b", title: "Two")
            #expect(try await Self.titles(world.send(.get, "/videos?state=ready")) == ["One"])
            #expect(try await Self.titles(world.send(.get, "/videos?state=ready&state=pendingUpload")).count == 2)
            #expect(try await Self.titles(world.send(.get, "/videos?sessionID=s2")) == [])
            #expect(try await Self.titles(world.send(.get, "/videos?sessionID=s2&sessionID=s1")).count == 2)
            #expect(try await Self.titles(world.send(.get, "/videos?visibility=public")) == [])
            #expect(try await Self.titles(world.send(.get, "/videos?createdBefore=2026-01-01T00:00:00Z")) == [])
            _ = try await world.send(.patch, "/videos/\(id)", json: #"{"tags": ["a b", "ü"]}"#)
            #expect(try await Self.titles(world.send(.get, "/videos?tag=a+b&tag=%C3%BC")) == ["One"])
            _ = try await world.send(.delete, "/videos/\(id)")
            #expect(try await Self.titles(world.send(.get, "/videos?deletion=deleted")) == ["One"])
            #expect(try await Self.titles(world.send(.get, "/videos")) == ["Two"])
        }
    }

    @Test(arguments: [
        ("limit=0", "invalidQuery"), ("limit=201", "invalidQuery"), ("limit=x", "invalidQuery"),
        ("state=done", "invalidQuery"), ("deletion=all", "invalidQuery"), ("order=up", "invalidQuery"),
        ("createdFrom=yesterday", "invalidQuery"), ("cursor=x", "invalidCursor"), ("limit=1&limit=2", "invalidQuery"),
    ])
    func `a list with an invalid query is refused`(query: String, code: String) async throws {
        try await EndpointWorld.with { world in
            try await world.send(.get, "/videos?\(query)").expectProblem(400, code)
        }
    }

    @Test(arguments: [
        ("visibility=", "visibility"), ("sessionID=", "sessionID"), ("tag=%00", "tag"),
        ("title=" + String(repeating: "a", count: 501), "title"), ("uploadedBy=", "uploadedBy"),
    ])
    func `a condition that no video can meet is named as in the query`(query: String, name: String) async throws {
        try await EndpointWorld.with { world in
            let reply = try await world.send(.get, "/videos?\(query)", as: .teacher)
            reply.expectProblem(422, "invalidArgument")
            let fields = reply.object["fields"] as? [[String: String]] ?? []
            #expect(fields.map { $0["name"] } == [name])
        }
    }

    @Test func `dates of a query may have decimal places and an offset`() async throws {
        try await EndpointWorld.with { world in
            _ = try await world.begin()
            for (query, count) in [
                ("createdFrom=1900-01-01T00:00:00.000Z", 1), ("createdBefore=0001-01-01T00:00:00%2B01:00", 0),
                ("createdBefore=9999-12-31T23:59:59.999999999Z", 1),
            ] {
                #expect(try await Self.titles(world.send(.get, "/videos?\(query)")).count == count, "\(query)")
            }
        }
    }

    @Test func `a video is read, renamed, deleted and restored`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            try Golden.expect("get", try await world.send(.get, "/videos/\(id)"))
            let edit = #"{"title": "Lecture 2", "description": "About ü", "sessionID": null, "tags": ["a"]}"#
            // The tests' app doesn't admit videos without a session.
            try await world.send(.patch, "/videos/\(id)", json: edit).expectProblem(403, "forbidden")
            let moved = edit.replacing("null", with: "\"s2\"")
            try Golden.expect("edit", try await world.send(.patch, "/videos/\(id)", json: moved))
            try Golden.expect("delete", try await world.send(.delete, "/videos/\(id)"))
            #expect(try await world.send(.delete, "/videos/\(id)").status == 200)
            try await world.send(.get, "/videos/\(id)").expectProblem(404, "notFound")
            try Golden.expect("restore", try await world.send(.post, "/videos/\(id)/restore"))
            #expect(try await world.send(.get, "/videos/\(id)").status == 200)
        }
    }

    @Test func `an edit of a version that has changed gets the current one`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let version = try #require(try await world.send(.get, "/videos/\(id)").object["version"] as? Int)
            let edit = #"{"version": \#(version), "title": "New"}"#
            #expect(try await world.send(.patch, "/videos/\(id)", json: edit).status == 200)
            try Golden.expect("edit-conflict", try await world.send(.patch, "/videos/\(id)", json: edit))
            try await world.send(.delete, "/videos/\(id)?version=\(version)").expectProblem(409, "versionConflict")
            try await world.send(.delete, "/videos/\(id)?version=0").expectProblem(400, "invalidQuery")
            #expect(try await world.send(.delete, "/videos/\(id)?version=\(version + 1)").status == 200)
        }
    }

    @Test(arguments: [
        (#"{"objectKey": "videos/other"}"#, "objectKey"), (#"{"title": null}"#, "title"), (#"{"title": 1}"#, "title"),
        (#"{"title": ""}"#, "title"), (#"{"tags": "a"}"#, "tags"), (#"{"tags": [1]}"#, "tags[0]"),
        (#"{"version": "1"}"#, "version"), (#"{"version": 1.5}"#, "version"), (#"{"visibility": null}"#, "visibility"),
    ])
    func `an edit with an invalid field names it`(json: String, field: String) async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let reply = try await world.send(.patch, "/videos/\(id)", json: json)
            reply.expectProblem(422, "invalidFields")
            let fields = reply.object["fields"] as? [[String: String]] ?? []
            #expect(fields.map { $0["name"] } == [field])
        }
    }

    @Test func `another user learns nothing of a video, and a reader can't change it`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let missing = "00000000-0000-7000-8000-000000000000"
            let file = #"{"file": {"name": "a.mp4", "byteSize": 1}, "token": "t"}"#
            let requests: [(HTTPRequest.Method, String, String?)] = [
                (.get, "/videos/ID", nil), (.patch, "/videos/ID", #"{"title": "x"}"#), (.delete, "/videos/ID", nil),
                (.post, "/videos/ID/restore", nil), (.get, "/videos/ID/playback", nil),
                (.get, "/videos/ID/playlist", nil), (.get, "/uploads/ID", nil), (.delete, "/uploads/ID", nil),
                (.post, "/uploads/ID/complete", nil), (.post, "/uploads/ID/parts", #"{"numbers": [1]}"#),
                (.post, "/videos/ID/replacement", file),
                (.post, "/videos/ID/thumbnail", #"{"contentType": "image/jpeg", "byteSize": 9}"#),
                (.post, "/videos/ID/thumbnail/complete", "{\"thumbnail\": \"\(missing)\"}"),
            ]
            for (method, path, json) in requests {
                let foreign = try await world.send(
                    method, path.replacing("ID", with: id), json: json, as: .bob)
                foreign.expectProblem(404, "notFound")
                let absent = try await world.send(
                    method, path.replacing("ID", with: missing), json: json, as: .bob)
                #expect(foreign.text.replacing(id, with: missing) == absent.text)
            }
            for (method, path, json) in requests[1...3] {
                try await world.send(method, path.replacing("ID", with: id), json: json, as: .teacher)
                    .expectProblem(403, "forbidden")
            }
            try await world.send(.get, "/videos?uploadedBy=ada", as: .bob).expectProblem(403, "forbidden")
        }
    }

    private static func titles(_ reply: Reply) -> [String] {
        (reply.object["videos"] as? [[String: Any]] ?? []).compactMap { $0["title"] as? String }
    }
}
#endif
