import HTTPTypes
import NIOCore
import R2Kit
import R2Storage
import VideoCatalog
import VideoDelivery
import VideoEndpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls on the catalog in memory, while it has many other rows, sessions, uploads or callers.
enum Catalogs {
    static var works: [Main.Work] {
        [
            Main.Work("videos in the catalog: read one", .none, [100, 1000, 10_000, 100_000]) { count in
                let (catalog, ids) = try await makeCatalog(count, perSession: 100)
                let middle = ids[count / 2]
                return { try await catalog.video(id: middle)?.title.utf8.count ?? 0 }
            },
            Main.Work("videos in the catalog: a page of 50", .none, [100, 1000, 10_000, 100_000]) { count in
                let (catalog, _) = try await makeCatalog(count, perSession: 100)
                return { try await catalog.videos(matching: VideoQuery(), page: PageRequest(limit: 50)).videos.count }
            },
            Main.Work("sessions in the catalog: a page of one", .none, [10, 100, 1000, 10_000]) { count in
                let (catalog, _) = try await makeCatalog(count * 10, perSession: 10)
                let query = VideoQuery(sessionID: CourseSessionID(count / 2))
                return { try await catalog.videos(matching: query, page: PageRequest(limit: 50)).videos.count }
            },
            // The catalog in memory adds up the open uploads of the user.
            Main.Work("open uploads of a user: begin one", .linear, [1, 10, 100, 1000]) { count in
                let catalog = InMemoryVideoRepository()
                let client = R2Client(try Signing.makeConfig())
                let unlimited = try VideoUploads(
                    catalog: catalog, client: client, policy: UploadPolicy(limits: .none))
                let limited = try VideoUploads(
                    catalog: catalog, client: client,
                    policy: UploadPolicy(limits: UploadLimits(openUploads: 1_000_000)))
                let file = UploadFile(name: "lecture.mp4", contentType: "video/mp4", byteSize: 1_000_000)
                var number = 0
                let begin = { (uploads: VideoUploads) in
                    number += 1
                    return try await uploads.begin(file, title: "Lecture", token: "\(number)", by: "ada")
                }
                for _ in 0..<count { _ = try await begin(unlimited) }
                return { try await begin(limited).request?.url.utf8.count ?? 0 }
            },
            Main.Work("callers so far: a request of one more", .none, [10, 100, 1000, 10_000]) { count in
                let endpoints = try await makeEndpoints()
                var number = 0
                let request = {
                    number += 1
                    let head = HTTPRequest(
                        method: .get, scheme: nil, authority: nil, path: "/videos/\(endpoints.video)/playback")
                    let response = await endpoints.value.respond(
                        to: head, body: EmptyBody(), caller: "caller \(number)")
                    return response.head.status == .ok ? response.body.buffer?.readableBytes ?? 0 : 0
                }
                for _ in 0..<count { _ = await request() }
                return { await request() }
            },
        ]
    }

    private static func makeCatalog(
        _ count: Int, perSession: Int
    ) async throws -> (InMemoryVideoRepository, [Video.ID]) {
        let catalog = InMemoryVideoRepository()
        var ids: [Video.ID] = []
        for number in 0..<count {
            let video = NewVideo(
                title: "Lecture \(number)", objectKey: "videos/\(number)/lecture.mp4",
                uploadedBy: UserID(number % 1000), sessionID: CourseSessionID(number / perSession),
                contentType: "video/mp4", byteSize: 52_428_800, state: .ready)
            ids.append(try await catalog.insert(video).id)
        }
        return (catalog, ids)
    }

    // MARK: Endpoints

    /// The rules of an app in which everyone may do everything.
    private struct Everyone: PlaybackAuthorization, EndpointAuthorization {
        func mayPlay(_ video: Video, viewer: String) -> Bool { true }
        func identifier(of viewer: String) -> String { viewer }
        func viewer(withIdentifier identifier: String) -> String? { identifier }
        func userID(of caller: String) -> UserID { UserID(caller) }
        func mayUpload(to sessionID: CourseSessionID?, caller: String) -> Bool { true }
        func may(_ action: VideoAction, _ video: Video, caller: String) -> Bool { true }
        func scope(of query: VideoQuery, caller: String) -> VideoQuery? { query }
    }

    private struct EmptyBody: AsyncSequence, AsyncIteratorProtocol, Sendable {
        func makeAsyncIterator() -> EmptyBody { self }
        mutating func next() async throws -> ByteBuffer? { nil }
    }

    private static func makeEndpoints() async throws -> (value: VideoEndpoints<String>, video: Video.ID) {
        let catalog = InMemoryVideoRepository()
        let client = R2Client(try Signing.makeConfig())
        let uploads = try VideoUploads(catalog: catalog, client: client)
        let playback = try VideoPlayback(catalog: catalog, client: client, authorization: Everyone())
        let endpoints = try VideoEndpoints(
            uploads: uploads, playback: playback, client: client, authorization: Everyone())
        let id = Video.ID.make()
        let video = try await catalog.insert(
            NewVideo(
                title: "Lecture", objectKey: try uploads.keys.file(of: id, attempt: UUID()).rawValue,
                uploadedBy: "ada", id: id, contentType: "video/mp4", byteSize: 1_000_000, state: .ready))
        return (endpoints, video.id)
    }
}
