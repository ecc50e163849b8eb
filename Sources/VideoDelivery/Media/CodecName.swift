#if Delivery
/// The names of codecs, which are the same for all containers.
///
/// Names are the four-character codes of RFC 6381 where there is one, without spaces and in lower case.
enum CodecName {
    /// Returns the name for a video sample entry of MP4 or QuickTime, or for a FourCC in another container.
    static func video(_ type: FourCC) -> String? {
        switch type {
        case "avc1", "avc2", "avc3", "avc4", "H264", "h264", "X264", "x264", "dva1", "dvav": "avc1"
        case "hvc1", "hev1", "dvh1", "dvhe", "HEVC", "hevc": "hvc1"
        case "vvc1", "vvi1": "vvc1"
        case "vp08", "VP80": "vp08"
        case "vp09", "VP90": "vp09"
        case "av01", "AV01", "dav1": "av01"
        case "mp4v", "MP4V", "XVID", "xvid", "DIVX", "divx", "DX50", "FMP4", "3IV2": "mp4v"
        case "mp2v", "m2v1", "mpg2", "hdv1", "hdv2", "hdv3", "mx5n", "mx3n", "xdv1", "xdv2", "xdv3", "xd5b": "mp2v"
        case "m1v1", "m1v ", "mpg1", "mp1v": "mp1v"
        case "s263", "h263", "H263": "h263"
        case "jpeg", "mjpa", "mjpb", "MJPG", "mjpg": "mjpg"
        case "apch", "apcn", "apcs", "apco", "ap4h", "ap4x": "prores"
        case "vc-1", "WVC1": "vc-1"
        case "FFV1": "ffv1"
        default: type.text?.lowercased()
        }
    }

    /// Returns the name for an audio sample entry of MP4 or QuickTime.
    static func audio(_ type: FourCC) -> String? {
        switch type {
        case "mp4a": "mp4a"
        case ".mp3", "mp3 ", FourCC(0x6D73_0055): "mp3"
        case ".mp2": "mp2"
        case "Opus": "opus"
        case "fLaC": "flac"
        case "ac-3", "AC-3", "sac3": "ac-3"
        case "ec-3", "EAC3": "ec-3"
        case "dtsc", "dtsh", "dtsl", "dtse", "dtsx": "dts"
        case "mlpa": "truehd"
        case "sowt", "twos", "lpcm", "ipcm", "fpcm", "raw ", "NONE", "in24", "in32", "fl32", "fl64", FourCC(0): "pcm"
        case "ulaw", "alaw": type.text
        default: type.text?.lowercased()
        }
    }

    /// Returns the name for an object type of MPEG-4 systems in a video track.
    static func video(objectType: UInt8) -> String? {
        switch objectType {
        case 0x20: "mp4v"
        case 0x21: "avc1"
        case 0x23: "hvc1"
        case 0x60...0x65: "mp2v"
        case 0x6A: "mp1v"
        case 0x6C: "mjpg"
        default: "mp4v"
        }
    }

    /// Returns the name for an object type of MPEG-4 systems in an audio track.
    static func audio(objectType: UInt8) -> String? {
        switch objectType {
        case 0x69, 0x6B: "mp3"
        case 0xA5: "ac-3"
        case 0xA6: "ec-3"
        case 0xA9: "dts"
        case 0xAD: "opus"
        case 0xDD: "vorbis"
        default: "mp4a"
        }
    }

    /// Returns the name for a codec of Matroska (RFC 9559, 27.15), or the codec itself if it isn't known.
    static func matroska(_ id: String) -> String {
        switch id {
        case "V_MPEG4/ISO/AVC": "avc1"
        case "V_MPEGH/ISO/HEVC": "hvc1"
        case "V_VP8": "vp08"
        case "V_VP9": "vp09"
        case "V_AV1": "av01"
        case "V_MPEG2": "mp2v"
        case "V_MPEG1": "mp1v"
        case "V_MJPEG": "mjpg"
        case "V_THEORA": "theora"
        case "V_PRORES": "prores"
        case "V_FFV1": "ffv1"
        case "A_AAC": "mp4a"
        case "A_MPEG/L3": "mp3"
        case "A_MPEG/L2", "A_MPEG/L1": "mp2"
        case "A_OPUS": "opus"
        case "A_VORBIS": "vorbis"
        case "A_FLAC": "flac"
        case "A_ALAC": "alac"
        case "A_AC3": "ac-3"
        case "A_EAC3": "ec-3"
        case "A_TRUEHD": "truehd"
        default:
            if id.hasPrefix("V_MPEG4/ISO/") {
                "mp4v"
            } else if id.hasPrefix("A_PCM/") {
                "pcm"
            } else if id.hasPrefix("A_AAC/") {
                "mp4a"
            } else if id.hasPrefix("A_DTS") {
                "dts"
            } else {
                id
            }
        }
    }

    /// Returns the name for a format tag of Microsoft's wave format.
    static func wave(formatTag: UInt16) -> String? {
        switch formatTag {
        case 0x0001, 0x0003: "pcm"
        case 0x0050: "mp2"
        case 0x0055: "mp3"
        case 0x00FF: "mp4a"
        case 0x2000: "ac-3"
        case 0x2001: "dts"
        default: nil
        }
    }
}

/// Frame rates that were computed from rounded durations.
enum FrameRate {
    /// Returns a rate, or the usual one that it differs from by less than a millionth: a whole number of frames per
    /// second, or per 1.001 seconds.
    static func rounded(_ rate: Double) -> Double {
        guard rate.isFinite, rate > 0 else { return rate }
        for unit in [1, 1.001] {
            let usual = (rate * unit).rounded() / unit
            if abs(usual - rate) < rate / 1_000_000 { return usual }
        }
        return rate
    }
}
#endif
