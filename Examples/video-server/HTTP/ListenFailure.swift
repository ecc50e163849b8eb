#if Emulator && Delivery && SQLite
import Foundation
import NIOCore

/// The reasons why a server can't listen, for the person who starts it.
enum ListenFailure {
    /// Returns a problem in place of an error for an address that can't be used, and every other error as it is.
    ///
    /// - Parameters:
    ///   - error: The error of the server.
    ///   - host: The host to listen on.
    ///   - port: The port to listen on.
    ///   - hostVariable: The environment variable of the host, or `nil` if it can't be chosen.
    ///   - portVariable: The environment variable of the port.
    /// - Returns: The error to throw.
    static func problem(
        _ error: any Error, host: String, port: Int, hostVariable: String?, portVariable: String
    ) -> any Error {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let setHost = hostVariable.map { " Set \($0) to an address of this machine." } ?? ""
        if let error = error as? IOError {
            switch error.errnoCode {
            case EADDRINUSE:
                return Settings.Problem(
                    description: "Can't listen on \(address): another program uses the port. Set \(portVariable).")
            case EACCES:
                return Settings.Problem(
                    description:
                        "Can't listen on \(address): the system doesn't let this user have the port. Set "
                        + "\(portVariable) to 1024 or above.")
            case EADDRNOTAVAIL, EAFNOSUPPORT:
                return Settings.Problem(
                    description: "Can't listen on \(address): this machine doesn't have the address.\(setHost)")
            default: return error
            }
        }
        if error is SocketAddressError.UnknownHost || error is SocketAddressError {
            return Settings.Problem(description: "Can't listen on \(address): the host is unknown.\(setHost)")
        }
        return error
    }
}
#endif
