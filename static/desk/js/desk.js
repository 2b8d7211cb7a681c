// The desk's behaviour: each module adds one thing to pages that work without it.
import "./choices.js";
import "./composer.js";
import "./files.js";
import "./keys.js";
import "./live.js";
import "./notices.js";
import "./pane.js";
import "./times.js";
import "./undo.js";
