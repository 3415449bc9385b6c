// The texts of the palette and the help: they come with the first of the two that is opened.
import en from 'virtual:messages/en';
import commands from 'virtual:messages/en/commands';

Object.assign(en, commands);
