// What do three calendar programs in JavaScript read? From stdin a list of texts, to stdout for each program a list of
// what it read of each: `{method, events}`, or `{error}`. They are found along NODE_PATH.
const ICAL = require("ical.js");
const nodeIcal = require("node-ical");
const tsIcs = require("ts-ics");

const unquoted = (name) => (name === null ? null : String(name).replace(/^"(.*)"$/, "$1"));
const bare = (address) => address.replace(/^mailto:/i, "");

function byIcalJs(text) {
  ICAL.TimezoneService.reset();
  const read = ICAL.parse(text);
  if (read[0] !== "vcalendar") throw new Error("more than one calendar");
  const calendar = new ICAL.Component(read);
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: calendar.getAllSubcomponents("vevent").map((component) => {
      const event = new ICAL.Event(component);
      const told = (time) => (time.isDate ? time.toString() : time.toUnixTime());
      const ends = component.hasProperty("dtend") || component.hasProperty("duration");
      return {
        uid: event.uid, sequence: event.sequence ?? 0, summary: event.summary, location: event.location,
        status: component.getFirstPropertyValue("status"),
        start: told(event.startDate), end: ends ? told(event.endDate) : null,
        attendees: event.attendees.map((one) => [bare(one.getFirstValue()), one.getParameter("cn") ?? null]),
        organizer: bare(event.organizer),
      };
    }),
  };
}

function byNodeIcal(text) {
  const read = nodeIcal.sync.parseICS(text);
  const said = (value) => (value === undefined ? null : (value.val ?? value));
  const told = (date) => {
    if (date === undefined || date === null) return null;
    if (!date.dateOnly) return date.getTime() / 1000;
    return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };
  return {
    method: read.vcalendar.method,
    events: Object.values(read).filter((one) => one.type === "VEVENT").map((event) => ({
      uid: event.uid, sequence: Number(event.sequence ?? 0),
      summary: said(event.summary), location: said(event.location), status: event.status ?? null,
      start: told(event.start), end: event.end && event.end > event.start ? told(event.end) : null,
      attendees: [event.attendee ?? []].flat().map((one) => [bare(said(one)), unquoted(one.params?.CN ?? null)]),
      organizer: bare(said(event.organizer)),
    })),
  };
}

function byTsIcs(text) {
  const calendar = tsIcs.convertIcsCalendar(undefined, text);
  const told = (one) => {
    if (!one) return null;
    return one.type === "DATE" ? one.date.toISOString().slice(0, 10) : one.date.getTime() / 1000;
  };
  return {
    method: calendar.method,
    events: (calendar.events ?? []).map((event) => ({
      uid: event.uid, sequence: event.sequence ?? 0, summary: event.summary, location: event.location ?? null,
      status: event.status ?? null, start: told(event.start), end: told(event.end),
      attendees: (event.attendees ?? []).map((one) => [one.email, unquoted(one.name ?? null)]),
      organizer: event.organizer.email,
    })),
  };
}

const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const found = {};
for (const [name, read] of Object.entries({ "ical.js": byIcalJs, "node-ical": byNodeIcal, "ts-ics": byTsIcs })) {
  found[name] = texts.map((text) => {
    try {
      return read(text);
    } catch (problem) {
      return { error: String(problem) };
    }
  });
}
process.stdout.write(JSON.stringify(found));
