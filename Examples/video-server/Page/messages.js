// Problems in the words of this page. The server's own sentences are for programs of all kinds.

/** Why a file can't be played. */
export const failures = {
  notAVideo: "The file isn’t a video", truncated: "The end of the file is missing",
  wrongSize: "The file has another size than announced", wrongType: "The file is of another type than its name says",
  uploadLost: "The storage lost the file", uploadExpired: "The file didn’t arrive in time",
};

const texts = {
  uploadExpired: "The time for this upload is over. Try again to start from the beginning.",
  uploadCanceled: "This upload was canceled, or its video was deleted. Try again to start from the beginning.",
  superseded: "Another upload has taken the place of this one.",
  differentFile: "This isn’t the file that the upload began with. Choose that one.",
  sizeNotAllowed: "The file is empty or too large. Choose one of at most 10 GiB.",
  uploadInProgress: "Another replacement of this video isn’t finished. Finish or cancel it first.",
  uploadLimitExceeded: "You have too many unfinished uploads. Finish or cancel some of them first.",
  tooManyRequests: "That was too much at once. Wait a moment, then try again.",
  notFound: "The video isn’t there, or isn’t yours.",
  purgeStarted: "The video’s file is being deleted. Upload it again.",
  playbackForbidden: "You may not play this video.",
  videoNotReady: "The video isn’t ready. Wait until it has been checked.",
};

/** Returns a sentence for people. */
export function text(error) {
  if (error.failure) return `${failures[error.failure] ?? "The file can’t be played"}. Choose another file.`;
  return texts[error.code] ?? error.message;
}
