import Foundation
import VideoCatalog
import VideoCatalogPostgres

/// Point reads through the repository and by `pgbench`, turn by turn: the same select, prepared, over as many connections.
///
/// `R2KIT_POSTGRES_URL` names the server, and `R2KIT_POSTGRES_BIN` the directory of `pgbench` if it is not on the path;
/// `Scripts/servers/start-postgres` starts a server and writes both down. Arguments: seconds a turn (3), turns (5),
/// numbers of connections (1 4 8).
@main
struct PostgresBenchmark {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["R2KIT_POSTGRES_URL"] else { throw Failure("set R2KIT_POSTGRES_URL") }
        let arguments = CommandLine.arguments.dropFirst().compactMap(Double.init)
        let seconds = arguments.first ?? 3
        let turns = Int(arguments.dropFirst().first ?? 5)
        let sizes = arguments.count > 2 ? arguments.dropFirst(2).map { Int($0) } : [1, 4, 8]

        let catalog = try await SampleCatalog.make(url: url)
        let peer = try Pgbench(url: url, bin: environment["R2KIT_POSTGRES_BIN"], catalog: catalog)
        say("connections  repository/s   pgbench/s  ratio  processor µs a read: repository  pgbench")
        for connections in sizes {
            let reader = try await Reader(url: url, connections: connections, catalog: catalog)
            _ = try await reader.measure(for: .milliseconds(500))
            var (own, other) = ([Measurement](), [Measurement]())
            for _ in 0..<turns {
                own.append(try await reader.measure(for: .seconds(seconds)))
                let reads = Int(own[own.count - 1].rate * seconds)
                other.append(try peer.measure(connections: connections, reads: reads))
            }
            await reader.close()
            let (rate, peerRate) = (median(own.map(\.rate)), median(other.map(\.rate)))
            say(
                [
                    String(connections).padded(to: 11), String(Int(rate)).padded(to: 13),
                    String(Int(peerRate)).padded(to: 11), String(format: "%6.2f", rate / peerRate),
                    String(format: "%32.1f", median(own.map(\.processorMicroseconds))),
                    String(format: "%8.1f", median(other.map(\.processorMicroseconds))),
                ].joined(separator: " "))
        }
        peer.remove()
        try await catalog.drop()
    }

    /// At once, wherever the output goes.
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
