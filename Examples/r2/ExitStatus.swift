/// The command's exit statuses, which follow the BSD convention (sysexits).
enum ExitStatus {
    static let failed: Int32 = 1
    static let usage: Int32 = 64
    static let noInput: Int32 = 66
    static let cannotCreate: Int32 = 73
    static let outputFailed: Int32 = 74
    static let tryAgain: Int32 = 75
    static let notPermitted: Int32 = 77
    static let configuration: Int32 = 78
}
