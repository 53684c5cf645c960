using Parley.Crash;

// Works on a store until it is killed, or until it has done as much as asked. Tests start it:
//   accept FOLDER SESSIONS OCTETS [MESSAGES]   stores messages, prints "ack ID SUBJECT" after each acknowledgement
//   deliver FOLDER MESSAGES                    stores messages that go out and fails each with a report
//   fill FOLDER                                fills the file system, makes room, fills it again; prints what it saw
// PARLEY_CRASH_AT=step:n in the environment kills it at the n-th time it comes to that step.
return args switch
{
    ["accept", var folder, var sessions, var octets, .. var rest] =>
        await Accepting.Run(folder, Number(sessions), Number(octets), rest is [var messages] ? Number(messages) : int.MaxValue),
    ["deliver", var folder, var messages] => await Delivering.Run(folder, Number(messages)),
    ["fill", var folder] => await Filling.Run(folder),
    _ => 2,
};

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
