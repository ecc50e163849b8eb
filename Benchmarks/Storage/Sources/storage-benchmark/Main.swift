import AsyncHTTPClient
import NIOCore
import NIOSSL
import R2Kit
import R2Storage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The workloads of `Scripts/benchmark-storage`, which prints their duration and resource use.
///
///     storage-benchmark upload|download NAME KEY FILE [PART-BYTES CONCURRENCY]
///     storage-benchmark put|get NAME PREFIX COUNT BYTES CONCURRENCY
///
/// It prints `NAME SECONDS CPU-SECONDS PEAK-MIB`, and reads the account from the environment.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 5 else {
            print("usage: storage-benchmark upload|download|put|get NAME ...: see the script benchmark-storage")
            exit(64)
        }
        let client = try client()
        let rest = Array(arguments[3...])
        // Creates the HTTP client and its threads, which live as long as the process.
        _ = try? await client.exists(try ObjectKey("bench/none"))
        let start = Usage.now
        switch arguments[1] {
        case "upload": try await upload(client, rest)
        case "download": try await download(client, rest)
        case "put": try await SmallObjects(rest).put(client)
        case "get": try await SmallObjects(rest).get(client)
        default:
            print("Unknown workload \(arguments[1]): use upload, download, put, or get.")
            exit(64)
        }
        print(arguments[2], Usage.now.since(start))
    }

    /// Returns a client that also trusts the certificate in `R2_CA_FILE`, if set.
    private static func client() throws -> R2Client {
        guard let file = getenv("R2_CA_FILE").map({ String(cString: $0) }) else { return R2Client(try R2Config()) }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.additionalTrustRoots = [.file(file)]
        var configuration = R2ClientConfiguration.httpClientConfiguration
        configuration.tlsConfiguration = tls
        return R2Client(owningHTTPClientFor: try R2Config(), httpClientConfiguration: configuration)
    }

    private static func upload(_ client: R2Client, _ arguments: [String]) async throws {
        var options = UploadOptions()
        if arguments.count == 4, let part = Int64(arguments[2]), let concurrency = Int(arguments[3]) {
            options.partLength = part
            options.concurrency = concurrency
        }
        _ = try await client.upload(.file(arguments[1]), to: try ObjectKey(arguments[0]), options: options)
    }

    private static func download(_ client: R2Client, _ arguments: [String]) async throws {
        var options = DownloadOptions()
        if arguments.count == 4, let part = Int64(arguments[2]), let concurrency = Int(arguments[3]) {
            options.rangeLength = part
            options.concurrency = concurrency
        }
        try await client.download(try ObjectKey(arguments[0]), to: .file(arguments[1]), options: options)
    }
}

/// Transfers of many small objects, several at a time.
struct SmallObjects: Sendable {
    struct WrongSize: Error {}

    let prefix: String
    let count: Int
    let size: Int
    let concurrency: Int

    init(_ arguments: [String]) {
        prefix = arguments[0]
        count = Int(arguments[1]) ?? 0
        size = Int(arguments[2]) ?? 0
        concurrency = Int(arguments[3]) ?? 1
    }

    func put(_ client: R2Client) async throws {
        let content = ByteBuffer(repeating: 0x5A, count: size)
        try await each { try await client.put(content, to: $0) }
    }

    func get(_ client: R2Client) async throws {
        try await each { key in
            let content = try await client.get(key).collect(upTo: size)
            guard content.readableBytes == size else { throw WrongSize() }
        }
    }

    private func each(_ work: @escaping @Sendable (ObjectKey) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<concurrency {
                group.addTask {
                    for index in stride(from: first, to: count, by: concurrency) {
                        try await work(try ObjectKey("\(prefix)/\(index)"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The resources used by the process.
struct Usage {
    let elapsed: ContinuousClock.Instant
    let processor: Double
    let peakMiB: Int

    static var now: Usage {
        var usage = rusage()
        // Darwin counts bytes, Linux kibibytes.
        #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let peak = Int(usage.ru_maxrss) / 1024
        #else
        getrusage(RUSAGE_SELF, &usage)
        let peak = Int(usage.ru_maxrss) / 1024 / 1024
        #endif
        return Usage(elapsed: .now, processor: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakMiB: peak)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

    func since(_ start: Usage) -> String {
        let elapsed = (self.elapsed - start.elapsed) / .seconds(1)
        return "\(elapsed) \(processor - start.processor) \(peakMiB)"
    }
}
