// Bootstrap waits for this event before it follows the reader through the contents; by now it is over.
dispatchEvent(new Event("load"));
