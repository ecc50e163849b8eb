#if Storage && os(Linux)
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A server with small receive buffers that reads only what a test asks for.
final class SlowReader: Sendable {
    struct Failure: Error {
        let step: String
        let number: Int32
    }

    let port: Int
    private let listener: Int32
    private let connections = Mutex<[Int32]>([])

    init() throws {
        #if canImport(Glibc)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var size: Int32 = 65_536
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) | listen(descriptor, 4) | getsockname(descriptor, address, &length)
            }
        }
        guard status == 0 else { throw Failure(step: "listen", number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Accepts the next connection, and reads the head of a request.
    ///
    /// The connections have numbers from 0, which the other functions take.
    func readHead() async throws {
        try await NIOThreadPool.singleton.runIfActive {
            let accepted = accept(self.listener, nil, nil)
            guard accepted >= 0 else { throw Failure(step: "accept", number: errno) }
            self.connections.withLock { $0.append(accepted) }
            var head: [UInt8] = []
            while !head.reversed().starts(with: "\n\r\n\r".utf8) {
                var byte: UInt8 = 0
                guard recv(accepted, &byte, 1, 0) == 1 else { throw Failure(step: "recv", number: errno) }
                head.append(byte)
            }
        }
    }

    /// Reads as many bytes.
    func read(_ count: Int, from connection: Int = 0) async throws {
        let descriptor = connections.withLock { $0[connection] }
        try await NIOThreadPool.singleton.runIfActive {
            var bytes = [UInt8](repeating: 0, count: count)
            guard recv(descriptor, &bytes, count, Int32(MSG_WAITALL)) == count else {
                throw Failure(step: "recv", number: errno)
            }
        }
    }

    /// Responds that an object was stored.
    func respond(on connection: Int = 0) {
        let descriptor = connections.withLock { $0[connection] }
        var bytes = [UInt8]("HTTP/1.1 200 OK\r\netag: \"tag\"\r\ncontent-length: 0\r\n\r\n".utf8)
        _ = send(descriptor, &bytes, bytes.count, 0)
    }

    func stop() {
        close(listener)
        for descriptor in connections.withLock(\.self) { close(descriptor) }
    }
}
#endif
