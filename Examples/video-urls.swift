// The smallest app with videos: it signs URLs of R2 and keeps a catalog. Files go from clients to R2, and from there to
// players. The account, the bucket and the access key come from the environment.
//   swift run video-urls
// Then type `upload KEY TITLE`, `ready KEY`, `play KEY`, `delete KEY` or `list`.
import R2Kit
import VideoCatalog

@main
struct VideoURLs {
    let presigner: R2Presigner
    let catalog: any VideoRepository = InMemoryVideoRepository()  // an app keeps it in SQLite or PostgreSQL

    static func main() async throws {
        let app = VideoURLs(presigner: R2Presigner(try R2Config()))
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            do {
                switch (words.first ?? "", words.count) {
                case ("upload", 3): try await app.upload(words[1], title: words[2])
                case ("ready", 2): try await app.markReady(words[1])
                case ("play", 2): try await app.play(words[1])
                case ("delete", 2): try await app.catalog.delete(app.video(words[1]).id)
                case ("list", 1): try await app.list()
                default: print("Expected upload KEY TITLE, ready KEY, play KEY, delete KEY or list.")
                }
            } catch { print("\(error)") }
        }
    }

    /// Adds a video, and prints a command that sends its file.
    func upload(_ name: String, title: String) async throws {
        let key = try ObjectKey(name)
        let constraints = UploadConstraints(contentType: "video/mp4", precondition: .ifAbsent)
        let request = try presigner.presignUpload(to: key, constraints: constraints, expiresIn: .seconds(900))
        try await catalog.insert(NewVideo(title: title, objectKey: key.rawValue, uploadedBy: "ada"))
        print(request.curlCommand(file: "FILE"))
    }

    /// Marks a video as ready. (A real app first checks the uploaded file, as `VideoDelivery` does.)
    func markReady(_ key: String) async throws {
        try await catalog.update(video(key)) { $0.state = .ready }
    }

    /// Prints a URL that plays a video for an hour.
    func play(_ key: String) async throws {
        let video = try await video(key)
        guard video.state == .ready else { return print("\(key) isn't ready.") }
        print(try presigner.presignPlayback(of: ObjectKey(video.objectKey), expiresIn: .seconds(3600)).url)
    }

    func list() async throws {
        let page = try await catalog.videos(matching: VideoQuery(), page: .first(50))
        for video in page.videos { print(video.objectKey, video.state.kind, video.title) }
    }

    func video(_ key: String) async throws -> Video {
        let found = try await catalog.videos(objectKeys: [key], includingDeleted: false)
        guard let video = found.videos.first else { throw UnknownKey() }
        return video
    }

    struct UnknownKey: Error {}
}
