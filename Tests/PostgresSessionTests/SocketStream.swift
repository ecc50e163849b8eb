import TestSupport
import VideoCatalogPostgres

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Messages to and from a PostgreSQL server on this machine.
///
/// Its calls block.
final class SocketStream: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        #if canImport(Darwin)
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #elseif canImport(Glibc)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw TestSupportError("cannot connect to port \(port)") }
    }

    deinit { close(descriptor) }

    /// Sends a message.
    ///
    /// The first message of a session has no type.
    func send(_ type: Character?, _ body: [UInt8]) throws {
        let length = UInt32(body.count + 4)
        var bytes = type.map { Array(String($0).utf8) } ?? []
        bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { throw PostgresSessionError(.connectionClosed, message: "The socket is closed.") }
            sent += count
        }
    }

    /// Receives a message.
    func receive() throws -> (type: Character, message: Message) {
        let head = try read(5)
        var length = Message(bytes: head[1...])
        return (
            Character(Unicode.Scalar(head[0])), Message(bytes: try read(length.integer(4) - 4)[...])
        )
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var received = [UInt8]()
        while received.count < count {
            let missing = count - received.count
            let bytes = [UInt8](unsafeUninitializedCapacity: missing) { buffer, size in
                size = max(0, recv(descriptor, buffer.baseAddress, missing, 0))
            }
            guard !bytes.isEmpty else { throw PostgresSessionError(.connectionLost, message: "The socket was closed.") }
            received += bytes
        }
        return received
    }

    /// The body of a message.
    struct Message {
        var bytes: ArraySlice<UInt8>

        /// Reads an unsigned integer.
        mutating func integer(_ width: Int) -> Int {
            defer { bytes = bytes.dropFirst(width) }
            return bytes.prefix(width).reduce(0) { $0 << 8 | Int($1) }
        }

        /// Reads a string that ends with NUL.
        mutating func string() -> String {
            let string = bytes.prefix { $0 != 0 }
            bytes = bytes.dropFirst(string.count + 1)
            return String(decoding: string, as: UTF8.self)
        }

        /// Reads the cell of a row, or `nil` for NULL, which has the length -1.
        mutating func cell() -> [UInt8]? {
            let length = integer(4)
            guard length != 0xFFFF_FFFF else { return nil }
            defer { bytes = bytes.dropFirst(length) }
            return Array(bytes.prefix(length))
        }
    }
}

#if canImport(Darwin)
private let systemSend = Darwin.send
#elseif canImport(Glibc)
private let systemSend = Glibc.send
#elseif canImport(Musl)
private let systemSend = Musl.send
#endif
