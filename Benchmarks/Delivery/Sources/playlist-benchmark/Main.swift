import R2Kit
import VideoDelivery

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `playlist-benchmark [ROUNDS] [--check]`: measures rewriting playlists and the calls around signing.
///
/// It prints medians of the processor time. All measurements take turns in each round. With `--check`, it fails if one
/// is above its limit.
@main
enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.first { !$0.hasPrefix("--") }.flatMap(Int.init) ?? 15
        let account = "0123456789abcdef0123456789abcdef"
        let config = try R2Config(
            accountID: try AccountID(account),
            credentials: try R2Credentials(
                accessKeyID: account, secretAccessKey: String(repeating: "0123456789abcdef", count: 4)),
            bucket: try BucketName("media-bucket"))
        var playlists = try Playlists(R2Presigner(config))
        var calls = try await Calls(config)
        for _ in 0..<rounds {
            try playlists.runRound()
            try await calls.runRound()
        }
        let problems = playlists.report(limit: 1.5) + calls.report(limit: 20)
        problems.forEach { print($0) }
        if arguments.contains("--check"), !problems.isEmpty { exit(1) }
    }
}
