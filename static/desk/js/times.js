// Keeps "4m" true while the page stays open, and tells full times in the reader's own zone.
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const monthAndYear = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });

function ago(then, now) {
  const seconds = (now - then) / 1000;
  if (seconds < MINUTE) return "now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h`;
  if (seconds < 7 * DAY) return `${Math.floor(seconds / DAY)}d`;
  const sameYear = then.getFullYear() === now.getFullYear();
  return (sameYear ? dayAndMonth : monthAndYear).format(then);
}

export function tellTimes() {
  const now = new Date();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const then = new Date(time.dateTime);
    if (Number.isNaN(then.getTime())) continue;
    const short = ago(then, now);
    if (time.textContent !== short) time.textContent = short;
    time.title = full.format(then);
  }
}

tellTimes();
setInterval(tellTimes, 30_000);
