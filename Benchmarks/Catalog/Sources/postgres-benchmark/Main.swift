import Foundation
import VideoCatalog
import VideoCatalogPostgres

/// Compares point reads through the repository with `pgbench`: the same prepared select on the same number of
/// connections.
///
/// Both alternate. `pgbench` runs with one thread, its default, and with one thread per connection. The CPU time is
/// that of the client process alone, in µs per read.
///
/// `R2KIT_POSTGRES_URL` is the server's URL, and `R2KIT_POSTGRES_BIN` the directory of `pgbench` if it isn't in `PATH`.
/// `Scripts/servers/start-postgres` starts a server and prints both. Arguments: seconds per round (3), rounds (5),
/// numbers of connections (1 4 8).
@main
struct PostgresBenchmark {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["R2KIT_POSTGRES_URL"] else {
            throw Failure("R2KIT_POSTGRES_URL isn't set: set it to the URL of a PostgreSQL server.")
        }
        let arguments = CommandLine.arguments.dropFirst().compactMap(Double.init)
        let seconds = arguments.first ?? 3
        let rounds = Int(arguments.dropFirst().first ?? 5)
        let sizes = arguments.count > 2 ? arguments.dropFirst(2).map { Int($0) } : [1, 4, 8]

        let catalog = try await SampleCatalog.make(url: url)
        let peer = try Pgbench(url: url, bin: environment["R2KIT_POSTGRES_BIN"], catalog: catalog)
        say("connections  repository/s  µs  pgbench -j 1/s  µs  ratio  pgbench -j N/s  µs  ratio")
        for connections in sizes {
            let reader = try await Reader(url: url, connections: connections, catalog: catalog)
            _ = try await reader.measure(for: .milliseconds(500))
            var (own, single, threaded) = ([Measurement](), [Measurement](), [Measurement]())
            for _ in 0..<rounds {
                own.append(try await reader.measure(for: .seconds(seconds)))
                let reads = Int(own[own.count - 1].rate * seconds)
                single.append(try peer.measure(connections: connections, threads: 1, reads: reads))
                threaded.append(try peer.measure(connections: connections, threads: connections, reads: reads))
            }
            await reader.close()
            let rate = median(own.map(\.rate))
            var line = String(connections).padded(to: 11) + String(Int(rate)).padded(to: 14) + processorTime(own)
            for peer in [single, threaded] {
                let peerRate = median(peer.map(\.rate))
                line += String(Int(peerRate)).padded(to: 16) + processorTime(peer)
                line += String(format: "%7.2f", rate / peerRate)
            }
            say(line)
        }
        peer.remove()
        try await catalog.drop()
    }

    private static func processorTime(_ measurements: [Measurement]) -> String {
        String(format: "%5.1f", median(measurements.map(\.processorMicroseconds)))
    }

    /// Prints a line without buffering.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension String {
    func padded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
