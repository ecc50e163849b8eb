import Foundation
import HTTPTypes
import R2Kit
import TestSupport
import Testing

@Suite("The command print-urls")
struct PrintURLsTests {
    static let account = [
        "CLOUDFLARE_ACCOUNT_ID": "fedcba9876543210fedcba9876543210", "R2_ACCESS_KEY_ID": "test-id",
        "R2_SECRET_ACCESS_KEY": "test-s3cr3t", "R2_BUCKET_NAME": "test-bucket",
    ]

    static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> RunningProgram.Outcome {
        try await RunningProgram.run(BuiltProgram.path("print-urls"), arguments, environment: environment)
    }

    struct URLs: Decodable {
        struct Multipart: Decodable {
            var uploadID: String
            var isSample: Bool
            var partLength: Int64
            var partCount: Int
            var parts: [PresignedRequest]
        }
        var upload: PresignedRequest?
        var playback: PresignedRequest
        var multipart: Multipart?
    }

    @Test func `signs for the environment's account`() async throws {
        let outcome = try await Self.run(
            ["videos/a b.mp4", "--size", "123", "--content-type", "video/mp4", "--json"], environment: Self.account)
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let urls = try JSONDecoder().decode(URLs.self, from: Data(outcome.output.utf8))
        let upload = try #require(urls.upload)
        let host = "https://fedcba9876543210fedcba9876543210.r2.cloudflarestorage.com"
        #expect(upload.url.hasPrefix("\(host)/test-bucket/videos/a%20b.mp4?"))
        #expect(upload.headers.map(\.value) == ["123", "video/mp4"])
        #expect(urls.playback.method.rawValue == "GET")
        #expect(urls.multipart == nil)
        #expect(!outcome.output.contains("s3cr3t"))
    }

    @Test func `labels the sample account in text and beside JSON`() async throws {
        for environment in [[:], Self.account.mapValues { _ in "" }, ["AWS_ACCESS_KEY_ID": "x"]] {
            let text = try await Self.run(["k"], environment: environment)
            #expect(text.status == 0)
            #expect(text.output.hasPrefix("SAMPLE ACCOUNT"))
            let json = try await Self.run(["k", "--json"], environment: environment)
            #expect(json.errors.hasPrefix("SAMPLE ACCOUNT"))
            #expect(throws: Never.self) { try JSONDecoder().decode(URLs.self, from: Data(json.output.utf8)) }
        }
    }

    @Test func `plans the parts of a large upload`() async throws {
        let arguments = ["k", "--size", "6000000000", "--content-type", "video/mp4"]
        let json = try await Self.run(arguments + ["--json", "--upload-id", "a/b"], environment: Self.account)
        let urls = try JSONDecoder().decode(URLs.self, from: Data(json.output.utf8))
        let multipart = try #require(urls.multipart)
        #expect(urls.upload == nil)
        #expect(multipart.uploadID == "a/b" && !multipart.isSample)
        #expect(multipart.partCount == multipart.parts.count)
        let lengths = multipart.parts.compactMap { $0.headers.first.flatMap { Int64($0.value) } }
        #expect(lengths.reduce(0, +) == 6_000_000_000)
        #expect(Set(lengths.dropLast()) == [multipart.partLength])

        let text = try await Self.run(arguments, environment: Self.account).output
        #expect(text.contains("tail -c +1 FILE | head -c \(multipart.partLength) | curl "))
        #expect(text.contains("--upload-id"))
        #expect(text.contains("?uploadId=SAMPLE-UPLOAD-ID'"))
        #expect(!text.contains("s3cr3t"))
    }

    @Test func `printed POST commands send the session token of temporary credentials`() async throws {
        let arguments = ["k", "--size", "6000000000"]
        for (token, isExpected) in [(nil, false), ("test-t0ken", true)] as [(String?, Bool)] {
            var environment = Self.account
            environment["R2_SESSION_TOKEN"] = token
            var commands: [Substring] = []
            for arguments in [arguments, arguments + ["--upload-id", "i"]] {
                let outcome = try await Self.run(arguments, environment: environment)
                commands += outcome.output.split(separator: "\n").filter { $0.contains("--aws-sigv4") }
            }
            // One creates the upload, and two complete it.
            #expect(commands.count == 3)
            for command in commands {
                // The shell's variable, not its value.
                #expect(command.contains(#"--header "x-amz-security-token: $R2_SESSION_TOKEN""#) == isExpected)
                #expect(!command.contains("test-t0ken"))
            }
        }
    }

    @Test func `a key that isn't UTF-8 is an error`() async throws {
        let outcome = try await RunningProgram.run(
            "bash", ["-c", #""$0" $'videos/\xff.mp4'"#, BuiltProgram.path("print-urls")], environment: Self.shell)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("isn't UTF-8"))
    }

    @Test func `URLs and commands have the endpoint's path`() async throws {
        var environment = Self.account
        environment["CLOUDFLARE_ACCOUNT_ID"] = nil
        environment["R2_ENDPOINT"] = "http://localhost:8787/cdn-cgi/local/r2/s3/"
        let outcome = try await Self.run(["k", "--size", "6000000000"], environment: environment)
        let object = "http://localhost:8787/cdn-cgi/local/r2/s3/test-bucket/k?"
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("'\(object)uploads='"))
        #expect(outcome.output.contains("GET \(object)X-Amz-Algorithm="))
    }

    @Test(arguments: [
        ["k"], ["k", "--json"], ["k", "--size", "6000000000"], ["--cors", "https://a.example"], ["--help"],
    ])
    func `output that can't be written is an error`(arguments: [String]) async throws {
        let program = try BuiltProgram.path("print-urls")
        for (redirection, reason) in [(">/dev/full", "No space left"), (">&-", "Bad file descriptor")] {
            let outcome = try await RunningProgram.run(
                "sh", ["-c", #""$0" "$@" \#(redirection)"#, program] + arguments, environment: Self.shell)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("Can't write to standard output"))
            #expect(outcome.errors.contains(reason))
        }
    }

    @Test(arguments: ["", "trap '' PIPE && "], [["k"], ["k", "--size", "6000000000", "--json"], ["--help"]])
    func `a closed pipe ends the command without a message`(trap: String, arguments: [String]) async throws {
        // The pipe has a writer and no reader before the command starts.
        let pipe = #"mkfifo pipe && exec 3<>pipe 4>pipe 3>&- && \#(trap)"$0" "$@" >&4 4>&-"#
        let outcome = try await RunningProgram.run(
            "sh", ["-c", pipe, BuiltProgram.path("print-urls")] + arguments, environment: Self.shell)
        #expect(outcome.status == 128 + SIGPIPE)
        #expect(!outcome.errors.contains("Error"))
        #expect(!outcome.errors.contains("Broken pipe"))
    }

    /// The account's variables, and those that a shell needs.
    static var shell: [String: String] { account.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own } }

    @Test func `prints the bucket's CORS rules`() async throws {
        struct Rule: Decodable {
            var AllowedOrigins: [String]
            var ExposeHeaders: [String]
        }
        let outcome = try await Self.run(["--cors", "https://app.example.com"])
        let rules = try JSONDecoder().decode([Rule].self, from: Data(outcome.output.utf8))
        #expect(rules.first?.AllowedOrigins == ["https://app.example.com"])
        #expect(rules.first?.ExposeHeaders.contains("ETag") == true)
    }

    @Test(arguments: [
        ([], "Give an object key"), (["a//b"], "can't start or end with '/'"),
        (["k", "--size", "-1"], "zero or more"),
        (["k", "--size", "x"], "'--size <size>'"), (["k", "--size", "99999999999999999"], "5 TiB"),
        (["k", "--content-type", "a\nb"], "printable ASCII"),
        (["k", "--size", "6000000000", "--content-type", "vidéo"], "printable ASCII"),
        (["k", "--part-size", "5"], "need --size"), (["k", "--size", "9", "--upload-id", "a b"], "upload ID"),
        (["--cors", "app.example.com"], "Invalid CORS origin"), (["k", "--unknown"], "Unknown option"),
    ])
    func `rejects bad input with one clear message`(arguments: [String], message: String) async throws {
        let outcome = try await Self.run(arguments)
        #expect(outcome.status != 0)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(message))
        #expect(outcome.errors.components(separatedBy: "Error:").count == 2)
    }

    @Test func `reports every variable that is missing or invalid`() async throws {
        let outcome = try await Self.run(["k"], environment: ["R2_BUCKET_NAME": "Wrong_Name"])
        #expect(outcome.status != 0)
        for name in ["CLOUDFLARE_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_BUCKET_NAME"] {
            #expect(outcome.errors.contains(name))
        }
        #expect(!outcome.errors.contains("Wrong_Name"))
    }
}
